"""Fields of records, asks of actions, and settings of an app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app_catalog.definitions.model.filters import EVERYTHING, Where
from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Expression

FieldType = Literal[
    "text",
    "long_text",
    "markdown",
    "integer",
    "decimal",
    "money",
    "boolean",
    "date",
    "time",
    "datetime",
    "duration",
    "choice",
    "choices",
    "point",
    "area",
    "files",
    "email",
    "phone",
    "url",
    "stream",
    "agency",
    "agencies",
    "person",
    "persons",
    "nik",
    "path",
    "record",
    "checklist",
    "group",
    "list",
]
SEVERAL: frozenset[str] = frozenset({"choices", "agencies", "persons"})
"""Types whose value is a list of ids, each once."""
ADDRESSES: frozenset[str] = frozenset({"url", "stream"})
"""Types whose value is an address on the web."""
PEOPLE: frozenset[str] = frozenset({"person", "persons"})
"""Types whose value names people at work in the municipality, by the id of their membership."""
WRITTEN: frozenset[str] = frozenset({"long_text", "markdown"})
"""Types whose value is a text of several lines."""
Required = Literal["no", "always", "on_form"]
AreaKind = Literal["district", "village"]
"""What an area may be limited to."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where the options of a choice come from: ``fixed`` (id to label) or the rows of the table ``setting``.

    With a setting the label of a row is its column ``label_column`` (``name``), a plain text or a map by
    language.
    """

    fixed: Mapping[str, Text] = field(default_factory=dict)
    setting: str | None = None
    label_column: str = "name"


@dataclass(frozen=True, slots=True)
class Target:
    """What a field of type ``record`` names: records of type ``record`` of the app ``app`` (None: its own app).

    ``where`` says which of them may be chosen, among those that whoever chooses may read.
    """

    record: str
    app: str | None = None
    where: Where = EVERYTHING
    owner: str = ""
    """The record type whose field names them."""

    def is_type(self, record: str, app: str, own: str) -> bool:
        """Whether it names records of this type of ``app``, seen from the app ``own``."""
        return record == self.record and app == (self.app or own)


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a checklist asks for (``items``), and which roles give the files and the verdicts."""

    items: Options
    files_by: tuple[str, ...]
    verdict_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A field that a checklist comes to in one municipality: the files of an item, or the verdict or note on them.

    ``by`` are the roles that write it.
    """

    checklist: str
    item: str
    kind: Literal["files", "verdict", "note"]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """A condition that the value of a field must meet whenever the field is written, and what is said otherwise."""

    condition: Expression
    message: Text | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record type, of a group, of an action's ask or of a form.

    ``required`` is ``always``, ``on_form`` (asked on forms only; other channels may leave it open) or ``no``.
    ``min`` and ``max`` bound the length of texts (characters), the value of whole numbers (money in whole
    rupiah) and how many may be chosen. ``lowest`` and ``highest`` bound decimals (numbers), and dates, times and
    durations (ISO texts). ``max_size`` is in bytes per file, ``max_count`` in files; ``accept`` holds MIME
    patterns such as ``image/*``. ``visible_to`` None means everyone who may read the record; ``private`` fields
    are never shown to the public. Nobody fills in a ``computed`` field. ``fields`` are the members of a group,
    ``target`` is what a ``record`` names. An ``area`` is ``of`` one kind, or of both when None. A ``checklist`` has no
    value of its own: its ``part``s do.
    """

    id: str
    type: FieldType
    label: Text
    order: int = 0
    help: Text | None = None
    required: Required = "no"
    default: Any = None
    private: bool = False
    visible_to: tuple[str, ...] | None = None
    visible_when: Expression | None = None
    required_when: Expression | None = None
    check: FieldCheck | None = None
    computed: Expression | None = None
    pattern: str | None = None
    min: int | None = None
    max: int | None = None
    lowest: float | str | None = None
    highest: float | str | None = None
    indexed: bool = False
    options: Options | None = None
    accept: tuple[str, ...] = ()
    max_count: int | None = None
    max_size: int | None = None
    fields: Mapping[str, "Field"] = field(default_factory=dict)
    target: Target | None = None
    of: AreaKind | None = None
    checklist: Checklist | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that an action asks. ``field`` is complete, also when the ask only names a record's field.

    ``sets`` is the id of the record's field (or ``agency``/``assignee``) that the answer is written to;
    None when the answer lives in the history only.
    """

    id: str
    field: Field
    sets: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table setting; same kinds of values as settings."""

    id: str
    type: str
    label: Text
    order: int = 0
    help: Text | None = None
    required: bool = False
    default: Any = None
    options: Mapping[str, Text] = field(default_factory=dict)
    min: str | float | None = None
    max: str | float | None = None
    pattern: str | None = None
    of: AreaKind | None = None


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """A setting that a municipality may fill in.

    ``type`` is one of text, long_text, markdown, integer, decimal, money, boolean, date, time, datetime, duration,
    choice, choices, point, area, files, email, phone, url, agency, table. ``default`` is a plain value (a date, a
    moment and a duration are ISO texts, several choices a list); for a table a map row id -> column id -> value, where
    a text may be a map by language. ``min`` and ``max`` are ISO texts for dates, times and durations, and numbers
    otherwise. A ``secret`` is stored encrypted and never shown again. Files have ``accept max_count max_size`` (bytes).
    An area is ``of`` one kind, or of both when None.
    """

    id: str
    type: str
    label: Text
    order: int = 0
    help: Text | None = None
    required: bool = False
    default: Any = None
    options: Mapping[str, Text] = field(default_factory=dict)
    min: str | float | None = None
    max: str | float | None = None
    pattern: str | None = None
    of: AreaKind | None = None
    secret: bool = False
    visible_when: Expression | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    max_count: int | None = None
    max_size: int | None = None
