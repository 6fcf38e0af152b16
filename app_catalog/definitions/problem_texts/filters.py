"""Problems of structured filters and of what uses them."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both

FILTER_TEXTS: dict[str, ProblemText] = {
    "not-filtered": (
        both(
            "Isian “{found}” tidak dapat disaring: pribadi, atau nilainya bukan satu nilai biasa.",
            "One cannot filter by “{found}”: it is private, or its values are no plain ones.",
        ),
        both("Pakai isian lain, atau keadaan.", "Use another field, or the state."),
    ),
    "not-ranged": (
        both("“{found}” tidak punya urutan untuk min dan max.", "“{found}” has no order for min and max."),
        both("Sebut nilainya: {found}: [a, b].", "Name the values: {found}: [a, b]."),
    ),
    "filter-value": (
        both("“{found}” tidak pernah cocok dengan jenis {kind}.", "“{found}” never fits the type {kind}."),
        both("Tulis nilai jenis {kind}.", "Write a value of the type {kind}."),
    ),
    "layer-without-place": (
        both("“{found}” tidak punya isian point untuk peta.", "“{found}” has no field of type point for a map."),
        both("Tambahkan isian {{type: point}}.", "Add a field {{type: point}}."),
    ),
}
