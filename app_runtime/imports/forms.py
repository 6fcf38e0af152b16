"""The mapping as a form: what it shows, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import Field, RecordType
from app_runtime.imports.mapping import FAR_KILOMETRES, Mapping, Source
from app_runtime.imports.moments import ZONES
from app_runtime.imports.parents import PARENT
from app_runtime.imports.schemas import field_names
from app_runtime.imports.values import TEXTS
from app_runtime.records.options import Option, field_options
from app_runtime.records.running_app import RunningApp
from lumbung.errors import Invalid
from lumbung.i18n import Text, pick, t

SPECIALS: Dict[str, tuple[Text, Text]] = {
    "created_at": (
        Text("Waktu masuk", "Time received"),
        Text("Nomor dan urutan mengikuti waktu ini.", "Numbers and order follow this time."),
    ),
    "closed_at": (Text("Waktu selesai", "Time closed"), Text("", "")),
    "updated_at": (Text("Waktu terakhir diubah", "Time of the last change"), Text("", "")),
    "state": (Text("Status", "State"), Text("", "")),
    "agency": (
        Text("Dinas", "Agency"),
        Text("Kosongkan bila dinas mengikuti kategorinya.", "Leave empty when the agency follows the category."),
    ),
    "source_id": (
        Text("Kode unik di sistem lama", "Unique id in the old system"),
        Text(
            "Kode yang sama tidak pernah masuk dua kali, juga dari berkas lain.",
            "The same id never comes in twice, not from another file either.",
        ),
    ),
    "number": (
        Text("Nomor lama", "Former number"),
        Text("Ditampilkan dalam riwayat; nomor baru tetap diberikan.", "Shown in the history; a new number is given."),
    ),
    "parent": PARENT,
}
_MOST_RADIUS = 2000


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of the record type in the form, with what is chosen now."""

    name: str
    label: str
    kind: str
    required: bool
    source: Source
    options: Sequence[Option]
    derivable: bool
    max: int | None

    @property
    def fixed(self) -> str:
        """What stands in every line, or where the column is empty."""
        value = self.source.constant if self.source.constant not in (None, "") else self.source.default
        return "" if value is None else str(value)

    @property
    def likely(self) -> bool:
        """Whether the file probably has it, or it is asked for."""
        return self.required or self.kind == "point" or self.source != Source()

    @property
    def derived_from(self) -> str:
        """The one column that an empty value is made of."""
        pattern = self.source.derived or ""
        return pattern[1:-1] if pattern.startswith("{") and pattern.endswith("}") else ""


def field_rows(app: RunningApp, kind: RecordType, mapping: Mapping) -> list[FieldRow]:
    """The fields of the record type in their order."""
    rows = []
    for name in field_names(kind):
        group, _, member = name.partition(".")
        spec: Field = kind.fields[group]
        label = pick(spec.label) or spec.id
        if member:
            spec = spec.fields[member]
            label = f"{label}: {pick(spec.label) or spec.id}"
        source = mapping.fields.get(name, Source())
        derivable = spec.type in TEXTS and spec.required == "always"
        rows.append(
            FieldRow(
                name, label, spec.type, spec.required == "always", source, field_options(app, spec), derivable, spec.max
            )
        )
    return rows


def special_rows(mapping: Mapping, *, parents: bool) -> list[tuple[str, str, str, str]]:
    """What a line may say beside its fields: name, label, help, and the column that is chosen now. A parent only where
    records of the type have `parents`."""
    rows = []
    for name, (label, help_text) in SPECIALS.items():
        if name == "parent" and not parents:
            continue
        source: Source | None = getattr(mapping, name)
        rows.append((name, str(label), str(help_text), (source.column or "") if source else ""))
    return rows


def zones(chosen: str | None) -> list[tuple[str, str]]:
    """The zones of Indonesia, and the chosen one where it is another."""
    known = [(zone, f"{name} ({zone.partition('/')[2]})") for name, zone in ZONES.items()]
    return known if chosen is None or chosen in ZONES.values() else [(chosen, chosen), *known]


def read_form(form: Dict[str, str], kind: RecordType, before: Mapping) -> Mapping:
    """The mapping as it was chosen; what words mean is kept where the column stayed.

    Raises Invalid with every mistake.
    """
    errors: dict[str, list[str]] = {}
    fields = {
        name: source
        for name in field_names(kind)
        if (source := _field(form, name, before.fields.get(name, Source()))) is not None
    }
    special = {name: _special(form, name, getattr(before, name)) for name in SPECIALS}
    radius = _radius(form.get("radius_km", ""), errors)
    if not fields:
        errors["fields"] = [t("Pilih paling sedikit satu kolom.", "Choose at least one column.")]
    if errors:
        raise Invalid(fields=errors)
    return Mapping(
        fields=fields,
        created_at=special["created_at"],
        updated_at=special["updated_at"],
        closed_at=special["closed_at"],
        state=special["state"],
        agency=special["agency"],
        number=special["number"],
        source_id=special["source_id"],
        parent=special["parent"],
        zone=form.get("zone") or None,
        history="as_is" if form.get("history") == "as_is" else "closed",
        unmapped="initial" if form.get("unmapped") == "initial" else "closed",
        closed_state=before.closed_state,
        lenient=form.get("lenient") == "1",
        checked=form.get("checked") == "1",
        duplicates="skip" if form.get("duplicates") == "skip" else "mark",
        radius_km=radius,
    )


def read_words(form: Dict[str, str]) -> dict[str, dict[str, str]]:
    """What the words of each field were said to mean: `word.<field>.<n>` means `value.<field>.<n>`."""
    said: dict[str, dict[str, str]] = {}
    for key, word in form.items():
        if key.startswith("word."):
            name = key.removeprefix("word.").rpartition(".")[0]
            said.setdefault(name, {})[word] = form.get(f"value.{key.removeprefix('word.')}", "")
    return said


def _field(form: Dict[str, str], name: str, before: Source) -> Source | None:
    column = form.get(f"field.{name}") or None
    fixed: Any = (form.get(f"fixed.{name}") or "").strip() or None
    longitude, latitude = form.get(f"lon.{name}") or None, form.get(f"lat.{name}") or None
    derived = form.get(f"derived.{name}") or None
    if longitude and latitude and not column:
        return Source(longitude=longitude, latitude=latitude)
    if column is None and derived is None:
        return Source(constant=fixed) if fixed is not None else None
    kept = before.values if before.column == column else {}
    pattern = f"{{{derived}}}" if derived else None
    return Source(column=column, default=fixed, derived=pattern, values=kept, truncate=before.truncate)


def _special(form: Dict[str, str], name: str, before: Source | None) -> Source | None:
    column = form.get(f"special.{name}") or None
    if column is None:
        return None
    return Source(column=column, values=before.values if before and before.column == column else {})


def _radius(written: str, errors: dict[str, list[str]]) -> float:
    if not written.strip():
        return FAR_KILOMETRES
    try:
        radius = float(written.replace(",", "."))
    except ValueError:
        radius = 0.0
    if not 1 <= radius <= _MOST_RADIUS:
        errors["radius_km"] = [
            t("Tulis angka antara 1 dan {most}.", "Write a number between 1 and {most}.", most=_MOST_RADIUS)
        ]
    return radius
