"""What a schema says to the person who filled in a form."""

from app_catalog.definitions.model import Text

WORDS: dict[str, Text] = {
    name: Text({"id": indonesian, "en": english})
    for name, (indonesian, english) in {
        "required": ("Wajib diisi.", "Please fill this in."),
        "unknown": ("Isian ini tidak dikenal.", "This field is unknown."),
        "invalid": ("Isian ini tidak sah.", "This is not valid."),
        "text": ("Isi dengan teks.", "Write a text."),
        "too_short": ("Sedikitnya {min} huruf.", "At least {min} characters."),
        "too_long": ("Paling banyak {max} huruf.", "At most {max} characters."),
        "pattern": ("Bentuknya tidak sesuai.", "This does not have the right form."),
        "control": ("Ada huruf yang tidak dapat dibaca.", "There are unreadable characters."),
        "integer": ("Isi dengan bilangan bulat.", "Write a whole number."),
        "too_small": ("Sedikitnya {min}.", "At least {min}."),
        "too_large": ("Paling banyak {max}.", "At most {max}."),
        "boolean": ("Pilih ya atau tidak.", "Choose yes or no."),
        "date": ("Isi tanggal, misalnya 2026-01-31.", "Write a date, such as 2026-01-31."),
        "datetime": ("Isi tanggal dan jam dengan zona waktu.", "Write a date and time with its zone."),
        "choice": ("Pilih salah satu yang tersedia.", "Choose one of the options."),
        "point": ("Tandai lokasi di peta.", "Mark the place on the map."),
        "files": ("Daftar berkas tidak sah.", "The list of files is not valid."),
        "too_many_files": ("Paling banyak {max} berkas.", "At most {max} files."),
        "email": ("Alamat email tidak sah.", "This is not an e-mail address."),
        "phone": ("Nomor telepon tidak sah.", "This is not a phone number."),
        "group": ("Isian kelompok tidak sah.", "This group is not valid."),
    }.items()
}


def word(name: str, lang: str, **values: object) -> str:
    """The sentence ``name`` in ``lang``."""
    return WORDS[name].text(lang).format(**values)
