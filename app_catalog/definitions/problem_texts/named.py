"""Problems of fields that name records."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both

NAMED_TEXTS: dict[str, ProblemText] = {
    "app-not-required": (
        both(
            "Isian ini menunjuk catatan aplikasi “{found}”, yang tidak disebut dalam requires.apps.",
            "This field names records of the app “{found}”, which requires.apps does not name.",
        ),
        both(
            'Tulis di app.yaml: requires: {{apps: {{{found}: ">=1.0"}}}}.',
            'Write in app.yaml: requires: {{apps: {{{found}: ">=1.0"}}}}.',
        ),
    ),
    "app-requires-itself": (
        both("Aplikasi ini membutuhkan dirinya sendiri.", "This app requires itself."),
        both(
            "Hapus “{found}” dari requires.apps; jenis catatan sendiri ditulis tanpa nama aplikasi.",
            "Remove “{found}” from requires.apps; a record type of its own is written without the app.",
        ),
    ),
    "merged-into-nothing": (
        both(
            "Laporan ganda digabung lewat isian jenis record yang menunjuk “{found}” lain, dengan join: true.",
            "Duplicates are merged by a field of type record that names another “{found}”, and with join: true alone.",
        ),
        both(
            "Tulis duplicates: {{join: true, into: same_as}} dan isian same_as: {{type: record, record: {found}}}.",
            "Write duplicates: {{join: true, into: same_as}} and a field same_as: {{type: record, record: {found}}}.",
        ),
    ),
    "named-without-number": (
        both(
            "Catatan “{found}” tidak bernomor, jadi tidak ada yang dapat menyebutnya.",
            "Records of type “{found}” have no number, so that nobody can name one.",
        ),
        both("Beri jenis catatan itu number.", "Give that record type a number."),
    ),
    "checklist-asked-of-others": (
        both(
            "“{found}” ditanyakan kepada peran yang tidak memberi berkas atau putusan, atau kepada keduanya sekaligus.",
            "“{found}” is asked of roles that give neither files nor verdicts, or of both at once.",
        ),
        both(
            "Pakai satu tindakan untuk files_by dan satu lagi untuk verdict_by.",
            "Use one action for files_by and another for verdict_by.",
        ),
    ),
    "checklist-in-history": (
        both(
            "“{found}” menanyakan daftar periksa, tetapi bukan isian catatan.",
            "“{found}” asks for a checklist and is no field of the record.",
        ),
        both("Jadikan isian catatan.", "Make it a field of the record."),
    ),
    "where-of-other-app": (
        both(
            "where tidak dapat dipakai untuk “{found}”: isian aplikasi lain tidak diketahui di sini.",
            "where does not work for “{found}”: the fields of another app are not known here.",
        ),
        both(
            "Hapus where. Yang dapat dipilih ialah yang boleh dibaca pemilihnya.",
            "Remove where. What may be chosen is what whoever chooses may read.",
        ),
    ),
}
