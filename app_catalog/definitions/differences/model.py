"""What differs between two versions of an app, in words of the field."""

from dataclasses import dataclass
from typing import Any, Literal

from app_catalog.definitions.model.texts import Text

Area = Literal[
    "app",
    "settings",
    "roles",
    "record_types",
    "fields",
    "states",
    "actions",
    "clocks",
    "access",
    "automations",
    "satisfaction",
    "pages",
    "messages",
    "documents",
    "scenarios",
    "examples",
    "catalog",
    "files",
]
Change = Literal["added", "removed", "changed"]
Weight = Literal["words", "new_records", "check", "mapping"]
"""How much a difference asks of a municipality that upgrades, in rising order: nothing but other words or looks; other
rules for new records, running ones untouched; something to look at before upgrading; records that cannot be moved to
the new version without an answer."""

WEIGHTS: tuple[Weight, ...] = ("words", "new_records", "check", "mapping")


@dataclass(frozen=True, slots=True)
class Property:
    """One value that differs within a part. ``path`` is relative to the part (``within``, ``label/en``); ``before`` and
    ``after`` are values of the canonical form, None where there was or is none.
    """

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that was added, removed or changed.

    ``path`` is its place in the canonical form (``records/report/clocks/respond``) and ``id`` its last step; ``record``
    the type of record that it belongs to, None for parts of the app. ``name`` is what people call it (that of the newer
    version when both have it). ``meaning`` says what it does to running records and to who upgrades.
    """

    area: Area
    change: Change
    path: str
    id: str
    record: str | None
    name: Text
    properties: tuple[Property, ...]
    weight: Weight
    meaning: Text
