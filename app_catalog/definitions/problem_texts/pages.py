"""Problems of boards, calendars and dashboards."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both

PAGE_TEXTS: dict[str, ProblemText] = {
    "board-without-columns": (
        both(
            "Papan memerlukan keadaan, tetapi “{found}” tidak punya workflow.",
            "A board needs states, and “{found}” has no workflow.",
        ),
        both(
            "Tambahkan workflow, atau groups dengan sebuah isian pilihan.",
            "Add a workflow, or groups with a field of type choice.",
        ),
    ),
    "not-grouped": (
        both(
            "“{found}” tidak membagi catatan menjadi kelompok yang tetap.",
            "“{found}” does not part records into settled groups.",
        ),
        both(
            "Pakai state, atau isian jenis choice, boolean, agency, area, atau tanggal dengan unit.",
            "Use state, or a field of type choice, boolean, agency or area, or a date with a unit.",
        ),
    ),
    "not-dated": (
        both("“{found}” bukan tanggal.", "“{found}” is no date."),
        both(
            "Pakai isian jenis date atau datetime, atau created_at, closed_at, due.",
            "Use a field of type date or datetime, or created_at, closed_at, due.",
        ),
    ),
    "date-without-unit": (
        both(
            "“{found}” adalah waktu, tetapi satuannya tidak disebut.", "“{found}” is a time, and its unit is missing."
        ),
        both("Tambahkan unit: day, week, atau month.", "Add unit: day, week or month."),
    ),
    "unit-without-date": (
        both("unit hanya berlaku bagi by yang berupa waktu.", "unit has a say only where by is a time."),
        both("Hapus unit, atau sebut waktu di by.", "Remove unit, or name a time in by."),
    ),
    "private-on-page": (
        both(
            "“{found}” pribadi; kalender dan grafik tidak memakainya.",
            "“{found}” is private; calendars and charts do not use it.",
        ),
        both("Pakai isian lain.", "Use another field."),
    ),
}
