"""What can be wrong with a file."""

from __future__ import annotations

from lumbung.errors import Invalid, Unavailable
from lumbung.i18n import Text


class UnsuitableFile(Invalid):
    """A file that is empty, or is not what it says."""

    slug = "unsuitable-file"
    title = Text("Berkas tidak bisa diterima", "The file cannot be taken")
    default = Text(
        "Isi berkas tidak sesuai dengan jenisnya. Simpan ulang berkas itu, lalu kirim lagi.",
        "The contents do not fit the kind of file. Save the file anew and send it again.",
    )


class EmptyFile(UnsuitableFile):
    """A file without a single byte."""

    default = Text("Berkas ini kosong. Pilih berkas lain.", "This file is empty. Choose another one.")


class StorageFull(Unavailable):
    """No room is left for files (RFC 4918, 11.5)."""

    status = 507
    slug = "storage-full"
    title = Text("Tempat penyimpanan penuh", "The storage is full")
    default = Text(
        "Berkas belum dapat disimpan karena tempat penyimpanan penuh. Isian Anda belum dikirim; coba lagi nanti.",
        "The file could not be kept because the storage is full. Nothing was sent; please try again later.",
    )


class StorageDown(Unavailable):
    """The place where files are kept does not take or give them."""

    slug = "storage-down"
    title = Text("Penyimpanan berkas sedang bermasalah", "The file storage has a problem")
    default = Text(
        "Berkas belum dapat disimpan atau dibaca. Coba lagi sebentar lagi.",
        "The file could not be kept or read. Please try again shortly.",
    )
