"""Problems of documents."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both, unknown

DOCUMENT_TEXTS: dict[str, ProblemText] = {
    "unknown-document": unknown("dokumen di documents/", "document in documents/"),
    "unknown-pdf-field": (
        both(
            "“{found}” bukan isian files yang menerima PDF.",
            "“{found}” is no field of type files that takes PDFs.",
        ),
        both(
            "Sebut isian {{type: files}}; bila ada accept, tambahkan application/pdf. {suggestion}",
            "Name a field {{type: files}}; where it has an accept, add application/pdf. {suggestion}",
        ),
    ),
    "document-faulty": (
        both("Dokumen ini tidak dapat disusun: {detail}.", "The document cannot be set: {detail}."),
        both(
            "Perbaiki templat Typst ini; ia tidak dapat membaca berkas, memakai paket, atau berjalan lama.",
            "Mend the Typst template; it cannot read files, use packages, or run for long.",
        ),
    ),
    "document-unused": (
        both("Tidak ada otomasi yang membuat dokumen “{found}”.", "No automation makes the document “{found}”."),
        both(
            "Tambahkan otomasi {{document: {found}, into: …}} atau hapus berkas ini.",
            "Add an automation {{document: {found}, into: …}}, or remove the file.",
        ),
    ),
}
