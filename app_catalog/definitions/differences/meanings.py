"""What a difference means for running records and for who upgrades.

Records keep the definition that they were made with until somebody moves them (ADR 0003), so most differences hold for
new records only; what else they ask for is said here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app_catalog.definitions.differences.model import Area, Change, Property, Weight
from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.problem_texts.wording import both

Meaning = tuple[Weight, Text]
Values = Mapping[str, Any]
_Judge = Callable[[Sequence[Property], Values, Values], Meaning]

_LOOKS = frozenset({"label", "help", "name", "title", "text", "order", "tone", "done", "subject", "body", "message"})
_BY_ID = frozenset({"fields", "columns", "asks", "escalate", "options", "steps", "set", "with", "values"})
_LANGUAGES = frozenset({"id", "en"})
_NEW_ONLY = both(
    "Berlaku bagi berkas baru; berkas yang berjalan tetap menurut versinya sendiri.",
    "Holds for new records; running ones stay as their own version says.",
)
_WORDS = both("Hanya kata atau tampilan yang berubah.", "Nothing but words or looks has changed.")
_NEW_DOCUMENTS = both(
    "Berlaku untuk dokumen yang dibuat sejak berkas memakai versi baru; yang sudah terbit tetap.",
    "It holds for documents made once a record runs on the new version; those that were issued stay as they are.",
)
_AT_ONCE = both(
    "Terlihat oleh semua orang begitu versi baru dipakai.", "Everybody sees it as soon as the new version is in use."
)
_OWN_VALUE = both(
    "Nilai daerah mungkin tidak cocok lagi; laporan pembaruan memeriksanya lebih dulu.",
    "A municipality's own value may not fit any more; the upgrade report checks it first.",
)
_WHO_SEES = both(
    "Siapa yang boleh melihat atau mengubah berkas menjadi lain; periksa sebelum memperbarui.",
    "Who may see or change records becomes another; look at it before you upgrade.",
)
_RECKONED = both(
    "Batas waktu berkas yang berjalan tidak bergeser; pada berkas yang dipindah dihitung ulang sejak awal.",
    "Deadlines of running records do not move; for records that are moved they are reckoned again from their start.",
)
_OVER_RECORDS = both(
    "Aturan atas banyak berkas berubah. Yang sudah ada tetap; berkas versi lama ikut dihitung setelah dipindah.",
    "Rules over many records change. What exists stays; records of an old version count once they are moved.",
)
_REFILLED = both(
    "Isian berkas yang dipindah mungkin perlu dilengkapi atau dibetulkan.",
    "Values of records that are moved may have to be completed or put right.",
)


def meaning_of(area: Area, change: Change, properties: Sequence[Property], before: Values, after: Values) -> Meaning:
    """How much a difference asks, and what it means. ``before`` and ``after`` are the part's values by path."""
    fixed = _FIXED.get((area, change))
    if fixed is not None:
        return fixed
    if change == "changed" and all(_only_looks(one.path) for one in properties):
        return "words", _AT_ONCE if area == "pages" else _WORDS
    judge = _JUDGED.get((area, change))
    return judge(properties, before, after) if judge else ("new_records", _NEW_ONLY)


def _only_looks(path: str) -> bool:
    """Whether it is a property that is shown and does nothing. Ids are the publisher's own: a member of a group or a
    column that is called `name` is no name."""
    steps = path.split("/")
    if steps[0] == "default":
        return steps[-1] in _LANGUAGES and not _LOOKS.isdisjoint(steps[-2:-1])
    named = {position + 1 for position, step in enumerate(steps) if step in _BY_ID and position % 2 == 0}
    return any(step in _LOOKS for position, step in enumerate(steps) if position not in named)


def _touched(properties: Sequence[Property]) -> set[str]:
    return {one.path.partition("/")[0] for one in properties}


def _setting_added(_: Sequence[Property], __: Values, after: Values) -> Meaning:
    if after.get("required") is True and not any(path.partition("/")[0] == "default" for path in after):
        return "check", both(
            "Wajib diisi daerah sebelum memperbarui.", "Has to be filled in by the municipality before upgrading."
        )
    return "new_records", both(
        "Memakai nilai bawaan sampai daerah mengubahnya.", "Has its default until the municipality changes it."
    )


def _setting_changed(properties: Sequence[Property], _: Values, __: Values) -> Meaning:
    if _touched(properties) <= {"default", *_LOOKS}:
        return "new_records", both(
            "Nilai bawaan yang baru berlaku bagi berkas baru di daerah yang tidak menetapkan nilainya sendiri.",
            "The new default holds for new records where the municipality has no value of its own.",
        )
    return "check", _OWN_VALUE


def _field_added(_: Sequence[Property], __: Values, after: Values) -> Meaning:
    if after.get("required") == "always" and "default" not in after:
        return "mapping", both(
            "Wajib diisi: berkas lama yang dipindah membutuhkan nilai untuk isian ini.",
            "Required: old records that are moved need a value for this field.",
        )
    return "new_records", both(
        "Kosong pada berkas lama sampai ada yang mengisinya.", "Empty in old records until somebody fills it in."
    )


def _field_changed(properties: Sequence[Property], _: Values, __: Values) -> Meaning:
    touched = _touched(properties)
    if "type" in touched:
        return "mapping", both(
            "Jenis isian berganti: nilai pada berkas yang dipindah harus diubah atau ditinggalkan.",
            "The field has another type: values of records that are moved must be converted or left behind.",
        )
    if touched & {"private", "visible_to", "visible_when"}:
        return "check", _WHO_SEES
    return "check", _REFILLED


def _clock_changed(properties: Sequence[Property], _: Values, __: Values) -> Meaning:
    reckoned = {"within", "time", "starts", "paused_in", "warn_at"}
    return ("check", _RECKONED) if _touched(properties) & reckoned else ("new_records", _NEW_ONLY)


def _state_changed(properties: Sequence[Property], _: Values, __: Values) -> Meaning:
    if "end" in _touched(properties):
        return "check", both(
            "Berkas berstatus ini menjadi terbuka atau tertutup bila dipindah.",
            "Records in this state become open or closed when they are moved.",
        )
    return "new_records", _NEW_ONLY


def _record_type_changed(properties: Sequence[Property], _: Values, __: Values) -> Meaning:
    touched = _touched(properties)
    if touched & {"published", "agency"}:
        return "check", _WHO_SEES
    if touched & {"unique", "capacity", "aggregates", "lookups", "invariants"}:
        return "check", _OVER_RECORDS
    return "new_records", _NEW_ONLY


def _app_changed(properties: Sequence[Property], _: Values, __: Values) -> Meaning:
    touched = _touched(properties)
    if "personal_data" in touched:
        return "check", both(
            "Tujuan, dasar hukum, atau masa simpan data pribadi berubah; beri tahu petugas pelindungan data.",
            "Purpose, legal basis or retention of personal data changes; tell the data protection officer.",
        )
    if touched & {"requires", "exports", "emits", "consumes"}:
        return "check", both(
            "Yang dibutuhkan dari atau diberikan kepada aplikasi lain berubah.",
            "What is needed from or given to other apps changes.",
        )
    return "words", _WORDS


_FIXED: Mapping[tuple[Area, Change], Meaning] = {
    ("settings", "removed"): (
        "check",
        both(
            "Nilai daerah tidak dipakai berkas baru; disimpan, dan berlaku lagi bila kembali ke versi lama.",
            "The municipality's value is not used for new records; it is kept, and holds again when going back.",
        ),
    ),
    ("roles", "added"): (
        "check",
        both("Tentukan siapa yang memegang peran ini.", "Say who has this role."),
    ),
    ("roles", "removed"): (
        "check",
        both(
            "Pemegang peran ini tidak melihat berkas baru; pada berkas lama perannya tetap.",
            "People with this role do not see new records; for old ones they keep it.",
        ),
    ),
    ("record_types", "removed"): (
        "mapping",
        both(
            "Berkas jenis ini tetap pada versi lama, dapat diselesaikan di sana, dan tidak dapat dipindah.",
            "Records of this type stay on the old version, can be finished there, and cannot be moved.",
        ),
    ),
    ("fields", "removed"): (
        "mapping",
        both(
            "Isinya tetap ada pada berkas lama. Saat dipindah, pilih isian penggantinya atau tinggalkan di riwayat.",
            "Old records keep it. When moving them, choose the field that takes its place or leave it in the history.",
        ),
    ),
    ("states", "removed"): (
        "mapping",
        both(
            "Berkas berstatus ini dapat diselesaikan pada versi lama. Saat dipindah, pilih status penggantinya.",
            "Records in this state can be finished on the old version. When moving them, choose the state instead.",
        ),
    ),
    ("clocks", "added"): ("check", _RECKONED),
    ("clocks", "removed"): (
        "check",
        both(
            "Berkas yang berjalan tetap dikejar jam ini; pada berkas yang dipindah jam ini berhenti.",
            "Running records keep this clock; it ends for records that are moved.",
        ),
    ),
    ("access", "added"): ("check", _WHO_SEES),
    ("access", "removed"): ("check", _WHO_SEES),
    ("access", "changed"): ("check", _WHO_SEES),
    ("satisfaction", "added"): (
        "new_records",
        both(
            "Pembuat berkas baru ditanya kepuasannya setelah berkasnya ditutup.",
            "Whoever makes a new record is asked how satisfied they are once it is closed.",
        ),
    ),
    ("satisfaction", "removed"): (
        "new_records",
        both(
            "Pembuat berkas baru tidak ditanya lagi; penilaian yang sudah ada tetap dihitung.",
            "Whoever makes a new record is not asked any more; ratings that were given still count.",
        ),
    ),
    ("pages", "added"): ("words", _AT_ONCE),
    ("pages", "removed"): ("check", _AT_ONCE),
    ("pages", "changed"): ("words", _AT_ONCE),
    ("documents", "added"): ("words", _NEW_DOCUMENTS),
    ("documents", "removed"): ("new_records", _NEW_DOCUMENTS),
    ("documents", "changed"): ("new_records", _NEW_DOCUMENTS),
    ("scenarios", "added"): ("words", both("Satu bukti lagi yang harus lulus.", "One more proof that has to pass.")),
    ("scenarios", "removed"): ("check", both("Bukti ini tidak diuji lagi.", "This proof is not tried any more.")),
    ("scenarios", "changed"): ("check", both("Bukti ini menguji hal lain.", "This proof tries something else.")),
    ("examples", "added"): ("words", _WORDS),
    ("examples", "removed"): ("words", _WORDS),
    ("examples", "changed"): ("words", _WORDS),
    ("catalog", "added"): ("words", _WORDS),
    ("catalog", "removed"): ("words", _WORDS),
    ("catalog", "changed"): ("words", _WORDS),
    ("files", "added"): ("words", _WORDS),
    ("files", "removed"): ("words", _WORDS),
    ("files", "changed"): ("words", _WORDS),
}
_JUDGED: Mapping[tuple[Area, Change], _Judge] = {
    ("settings", "added"): _setting_added,
    ("settings", "changed"): _setting_changed,
    ("fields", "added"): _field_added,
    ("fields", "changed"): _field_changed,
    ("states", "changed"): _state_changed,
    ("clocks", "changed"): _clock_changed,
    ("record_types", "changed"): _record_type_changed,
    ("app", "changed"): _app_changed,
}
