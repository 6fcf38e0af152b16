"""Problems of what is held over many records."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both, unknown

HOLDING_TEXTS: dict[str, ProblemText] = {
    "unknown-key-part": unknown(
        "isian yang dapat mengelompokkan catatan", "field or attribute that records can be grouped by"
    ),
    "unknown-number-field": unknown("isian angka", "field with a number"),
    "group-type-differs": (
        both(
            "“{found}” berjenis {own} di sini, tetapi {other} pada {record}.",
            "“{found}” is of type {own} here, but {other} in {record}.",
        ),
        both("Samakan jenis kedua isian.", "Give both fields the same type."),
    ),
    "only-and-except": (
        both("only dan except tidak dipakai bersama.", "only and except do not stand together."),
        both("Pakai salah satu saja.", "Use one of them."),
    ),
    "number-repeats": (
        both(
            "Urutan dimulai lagi tiap {found}, tetapi {missing} tidak ada dalam pola: nomor akan berulang.",
            "The sequence restarts for each {found}, but {missing} is not in the pattern: numbers would repeat.",
        ),
        both("Tambahkan {missing} ke pola.", "Add {missing} to the pattern."),
    ),
    "number-and-numbers": (
        both("number dan numbers tidak dipakai bersama.", "number and numbers do not stand together."),
        both("Pindahkan number ke numbers sebagai yang pertama.", "Move number into numbers, as the first."),
    ),
    "figures-not-here": (
        both(
            "Angka atas banyak catatan (“{detail}”) tidak dapat dipakai di sini.",
            "Figures over many records (“{detail}”) cannot be used here.",
        ),
        both(
            "Pakai di invariants, capacity.max, syarat (when) tindakan atau automation, sets, set, atau with.",
            "Use them in invariants, capacity.max, the condition (when) of an action or automation, sets, set or with.",
        ),
    ),
}
