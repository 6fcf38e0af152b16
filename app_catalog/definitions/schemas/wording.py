"""What a schema says to the person who filled in a form."""

from app_catalog.definitions.model import Text

WORDS: dict[str, Text] = {
    name: Text({"id": indonesian, "en": english})
    for name, (indonesian, english) in {
        "required": ("Wajib diisi.", "Please fill this in."),
        "unknown": ("Isian ini tidak dikenal.", "This field is unknown."),
        "check": ("Nilai ini tidak memenuhi syaratnya.", "This value does not meet its condition."),
        "invalid": ("Isian ini tidak sah.", "This is not valid."),
        "text": ("Isi dengan teks.", "Write a text."),
        "too_short": ("Sedikitnya {min} huruf.", "At least {min} characters."),
        "too_long": ("Paling banyak {max} huruf.", "At most {max} characters."),
        "pattern": ("Bentuknya tidak sesuai.", "This does not have the right form."),
        "control": ("Ada huruf yang tidak dapat dibaca.", "There are unreadable characters."),
        "integer": ("Isi dengan bilangan bulat.", "Write a whole number."),
        "decimal": ("Isi dengan bilangan, misalnya 2,5.", "Write a number, such as 2.5."),
        "ambiguous": (
            "{found} dapat dibaca dua cara. Tulis tanpa titik ribuan, dengan koma untuk pecahan.",
            "{found} can be read in two ways. Write it without a sign for thousands, or with more places.",
        ),
        "time": ("Isi jam, misalnya 07:30.", "Write a time, such as 07:30."),
        "too_early": ("Paling awal {min}.", "Not before {min}."),
        "too_late": ("Paling akhir {max}.", "Not after {max}."),
        "working_days": ("{n} hari kerja", "{n} working days"),
        "days": ("{n} hari", "{n} days"),
        "hours": ("{n} jam", "{n} hours"),
        "minutes": ("{n} menit", "{n} minutes"),
        "duration": ("Isi lama waktu, misalnya 3 hari.", "Write a length of time, such as 3 days."),
        "too_small": ("Sedikitnya {min}.", "At least {min}."),
        "too_large": ("Paling banyak {max}.", "At most {max}."),
        "boolean": ("Pilih ya atau tidak.", "Choose yes or no."),
        "date": ("Isi tanggal, misalnya 2026-01-31.", "Write a date, such as 2026-01-31."),
        "datetime": ("Isi tanggal dan jam dengan zona waktu.", "Write a date and time with its zone."),
        "choice": ("Pilih salah satu yang tersedia.", "Choose one of the options."),
        "several": ("Pilih dari yang tersedia.", "Choose from the options."),
        "too_few_chosen": ("Pilih sedikitnya {min}.", "Choose at least {min}."),
        "too_many_chosen": ("Pilih paling banyak {max}.", "Choose at most {max}."),
        "url": ("Isi alamat lengkap yang diawali https://.", "Write a full address that starts with https://."),
        "stream": ("Isi alamat kamera yang diawali https://.", "Write the camera's address, starting with https://."),
        "nik": ("NIK terdiri atas 16 angka. Periksa lagi.", "A NIK has 16 digits. Please check it."),
        "nik_date": (
            "Tanggal lahir di dalam NIK ini tidak ada. Periksa lagi angkanya.",
            "The date of birth in this NIK does not exist. Please check the digits.",
        ),
        "path": (
            "Tandai sedikitnya dua titik, atau tempel GeoJSON LineString atau satu koordinat tiap baris.",
            "Mark at least two points, or paste a GeoJSON LineString or one pair of coordinates a line.",
        ),
        "path_long": ("Paling banyak {max} titik.", "At most {max} points."),
        "point": ("Tandai lokasi di peta.", "Mark the place on the map."),
        "files": ("Daftar berkas tidak sah.", "The list of files is not valid."),
        "too_many_files": ("Paling banyak {max} berkas.", "At most {max} files."),
        "email": ("Alamat email tidak sah.", "This is not an e-mail address."),
        "phone": ("Nomor telepon tidak sah.", "This is not a phone number."),
        "rows": ("Isi baris demi baris.", "Fill in row by row."),
        "too_few_rows": ("Sedikitnya {min} baris.", "At least {min} rows."),
        "too_many_rows": ("Paling banyak {max} baris.", "At most {max} rows."),
        "group": ("Isian kelompok tidak sah.", "This group is not valid."),
    }.items()
}


def word(name: str, lang: str, **values: object) -> str:
    """The sentence ``name`` in ``lang``."""
    return WORDS[name].text(lang).format(**values)
