"""Problems of keys and values."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both

SHAPE_TEXTS: dict[str, ProblemText] = {
    "unknown-key": (
        both("Kunci “{key}” tidak dikenal.", "The key “{key}” is unknown."),
        both("{suggestion}", "{suggestion}"),
    ),
    "not-supported-yet": (
        both(
            "“{key}” belum didukung di versi Lumbung ini.", "“{key}” is not supported yet in this version of Lumbung."
        ),
        both(
            "Hapus dulu bagian ini; akan datang di versi berikutnya.",
            "Leave it out for now; it comes with a later version.",
        ),
    ),
    "missing-key": (
        both("Kunci “{key}” wajib ada.", "The key “{key}” is required."),
        both("Tambahkan “{key}:” di sini.", "Add “{key}:” here."),
    ),
    "exactly-one": (
        both("Harus ada tepat satu dari: {keys}.", "Exactly one of these must stand here: {keys}."),
        both("Sisakan satu saja.", "Keep exactly one."),
    ),
    "key-needs-other": (
        both("“{key}” hanya berarti bersama “{other}”.", "“{key}” only makes sense with “{other}”."),
        both("Tambahkan “{other}:” atau hapus “{key}:”.", "Add “{other}:” or remove “{key}:”."),
    ),
    "wrong-kind": (
        both("Seharusnya {expected}, bukan “{found}”.", "This should be {expected}, not “{found}”."),
        both("Tulis {expected}.", "Write {expected}."),
    ),
    "wrong-length": (
        both("Teks ini {length} huruf.", "The text has {length} characters."),
        both("Pakai {min} sampai {max} huruf.", "Use {min} to {max} characters."),
    ),
    "wrong-count": (
        both("Ada {found} unsur di sini.", "There are {found} entries here."),
        both("Pakai {min} sampai {max} unsur.", "Use {min} to {max} entries."),
    ),
    "too-many": (
        both("Terlalu banyak unsur di sini.", "There are too many entries here."),
        both("Paling banyak {max}.", "At most {max}."),
    ),
    "empty-list": (
        both("Daftar ini kosong.", "The list is empty."),
        both("Isi sedikitnya satu, atau hapus kuncinya.", "Name at least one, or remove the key."),
    ),
    "empty-access": (
        both("Hak akses ini kosong.", "This access is empty."),
        both("Tambahkan create, read, atau update.", "Add create, read or update."),
    ),
    "listed-twice": (
        both("“{found}” tertulis dua kali.", "“{found}” is listed twice."),
        both("Hapus salah satu.", "Remove one."),
    ),
    "bad-id": (
        both("“{found}” tidak dapat menjadi id.", "“{found}” cannot be an id."),
        both(
            "Pakai huruf kecil dan angka, dipisah “-” atau “_”, misalnya street-light; “order” untuk urutan.",
            "Use small letters and digits joined by “-” or “_”, as in street-light; the word “order” is taken.",
        ),
    ),
    "built-in-name": (
        both("“{found}” sudah dipakai oleh Lumbung.", "“{found}” is taken by Lumbung itself."),
        both("Pilih nama lain.", "Choose another name."),
    ),
    "unknown-value": (
        both("“{found}” tidak dikenal di sini.", "“{found}” is not known here."),
        both("{suggestion}", "{suggestion}"),
    ),
    "unknown-language": (
        both("Bahasa “{found}” tidak dikenal.", "The language “{found}” is unknown."),
        both("{suggestion}", "{suggestion}"),
    ),
    "out-of-range": (
        both("Nilai {found} di luar batas.", "The value {found} is out of range."),
        both("Pakai {min} sampai {max}.", "Use {min} to {max}."),
    ),
    "min-above-max": (
        both("Batas bawah {min} melebihi batas atas {max}.", "The lower bound {min} is above the upper bound {max}."),
        both("Tukar keduanya atau perbaiki salah satu.", "Swap them or correct one."),
    ),
    "bad-duration": (
        both("“{found}” bukan jangka waktu.", "“{found}” is not a duration."),
        both(
            "Tulis seperti PT48H (48 jam), P3D (3 hari), atau P3WD (3 hari kerja).",
            "Write it as PT48H (48 hours), P3D (3 days) or P3WD (3 working days).",
        ),
    ),
    "working-duration": (
        both(
            "“{found}” memakai hari kerja, yang tidak berlaku di sini.",
            "“{found}” counts working days, which do not apply here.",
        ),
        both("Pakai jangka waktu biasa seperti P2Y atau P30D.", "Use a plain duration such as P2Y or P30D."),
    ),
    "bad-version": (
        both("“{found}” bukan nomor versi SemVer.", "“{found}” is not a SemVer version."),
        both("Tulis tiga angka, misalnya 0.9.0.", "Write three numbers, as in 0.9.0."),
    ),
    "bad-version-range": (
        both("“{found}” bukan rentang versi.", "“{found}” is not a range of versions."),
        both('Tulis seperti ">=0.1,<2".', 'Write it as ">=0.1,<2".'),
    ),
    "bad-pattern": (
        both("Pola tidak sah menurut RE2: {detail}.", "The pattern is not valid RE2: {detail}."),
        both(
            "Pakai sintaks RE2, tanpa acuan balik dan tanpa lihat-depan.",
            "Use RE2 syntax, without back-references or look-around.",
        ),
    ),
    "bad-number-pattern": (
        both("Pola nomor “{found}” keliru: {detail}.", "The number pattern “{found}” is wrong: {detail}."),
        both(
            "Pakai {{seq}} atau {{seq:05}} sekali, lalu {{year}} {{month}} {{month:roman}} {{day}} {{agency}}.",
            "Use {{seq}} or {{seq:05}} once, and {{year}} {{month}} {{month:roman}} {{day}} {{agency}}.",
        ),
    ),
    "text-without-english": (
        both("Teks ini belum ada dalam bahasa Inggris.", "This text has no English."),
        both("Tulis {{id: …, en: …}}.", "Write {{id: …, en: …}}."),
    ),
}
