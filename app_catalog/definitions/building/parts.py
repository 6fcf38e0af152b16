"""Small parts that everything is built from: texts, expressions, events, ordered maps."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from app_catalog.definitions.durations import parse_duration
from app_catalog.definitions.model import Duration, Event, Expression, ResultKind, Text

T = TypeVar("T")
Json = Mapping[str, Any]
# Labels of fields that most apps have, for packages that leave them out.
_KNOWN_LABELS = {
    "title": ("Judul", "Title"),
    "description": ("Keterangan", "Description"),
    "category": ("Kategori", "Category"),
    "place": ("Lokasi", "Place"),
    "photos": ("Foto", "Photos"),
    "name": ("Nama", "Name"),
    "phone": ("Telepon", "Phone"),
    "email": ("Email", "E-mail"),
    "agency": ("Dinas", "Agency"),
    "note": ("Catatan", "Note"),
    "reason": ("Alasan", "Reason"),
}


def ordered(items: Json | None) -> list[tuple[str, Json]]:
    """The entries of an ordered map, by ``order`` and then by id."""
    return sorted((items or {}).items(), key=lambda pair: (pair[1].get("order", 0), pair[0]))


def build_map(items: Json | None, build: Callable[[str, Json], T]) -> dict[str, T]:
    """Each entry of an ordered map built by ``build``, in order."""
    return {name: build(name, spec) for name, spec in ordered(items)}


def ids(items: Mapping[str, int | bool] | None) -> tuple[str, ...]:
    """The ids of a set, in their order or else sorted."""
    return tuple(sorted(items or {}, key=lambda name: (int((items or {})[name]), name)))


def ids_or_all(items: Mapping[str, int | bool] | str | None) -> tuple[str, ...] | None:
    """The ids of a set; None for ``all`` and for nothing said."""
    return None if items is None or isinstance(items, str) else ids(items)


def text(value: Mapping[str, str] | None) -> Text | None:
    """A text, or None."""
    return None if value is None else Text(value)


def label(name: str, spec: Json, key: str = "label") -> Text:
    """The label of a thing; without one, a plain reading of its id."""
    if key in spec:
        return Text(spec[key])
    readable = name.replace("-", " ").replace("_", " ").capitalize()
    indonesian, english = _KNOWN_LABELS.get(name, (readable, readable))
    return Text({"id": indonesian, "en": english})


def expression(source: str | None, record: str | None, kind: ResultKind = "any") -> Expression | None:
    """An expression, or None."""
    return None if source is None else Expression(source, kind, record)


def expressions(values: Mapping[str, str] | None, record: str) -> dict[str, Expression]:
    """Expressions by the id that each is for."""
    return {name: Expression(source, "any", record) for name, source in sorted((values or {}).items())}


def event(name: str) -> Event:
    """The event of a full name. ``ValueError`` for any other text."""
    kind, _, rest = name.partition(".")
    if kind == "created" and not rest:
        return Event("created")
    if kind == "updated" and not rest:
        return Event("updated")
    if kind == "action" and rest:
        return Event("action", rest)
    if kind == "state" and rest:
        return Event("state", rest)
    clock, _, phase = rest.partition(".")
    if kind == "clock" and phase == "warned":
        return Event("clock", clock, "warned")
    if kind == "clock" and phase == "breached":
        return Event("clock", clock, "breached")
    if kind == "schedule" and rest:
        return Event("schedule", rest)
    if kind == "children" and phase == "done":
        return Event("children", clock, "done")
    raise ValueError(name)


def events(names: Iterable[str]) -> tuple[Event, ...]:
    """The events of a set of full names, sorted."""
    return tuple(event(name) for name in sorted(names))


def duration(value: str) -> Duration:
    """The duration that a text writes."""
    return parse_duration(value)
