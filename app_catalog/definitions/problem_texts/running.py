"""Problems of what runs by itself: children, events, schedules, calls."""

from app_catalog.definitions.problem_texts.wording import ProblemText, both, unknown

RUNNING_TEXTS: dict[str, ProblemText] = {
    "children-twice": (
        both("Jenis “{found}” sudah menjadi anak dengan nama lain.", "Records of type “{found}” are children already."),
        both("Sebut setiap jenis satu kali saja.", "Name each type once."),
    ),
    "unknown-secret": unknown("pengaturan rahasia (secret: true)", "secret setting (secret: true)"),
    "fan-out-source": (
        both(
            "“{found}” bukan pertanyaan atau isian berjenis agencies atau agency.",
            "“{found}” is not an ask or field of type agencies or agency.",
        ),
        both("{suggestion} Atau pakai settings.<tabel>.", "{suggestion} Or use settings.<table>."),
    ),
}
