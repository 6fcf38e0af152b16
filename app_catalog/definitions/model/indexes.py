"""Which fields of an app are looked up by themselves (`indexed`), and as what."""

from __future__ import annotations

from functools import lru_cache

from app_catalog.definitions.model.definition import Definition
from app_catalog.definitions.model.fields import Field
from app_catalog.definitions.model.known import Known

NUMBERS = frozenset({"integer", "decimal", "money"})
"""Types that are in the order of their number."""
_WORDS = frozenset({"text", "email", "phone", "url", "date", "time", "boolean", "area", "choice", "agency", "person"})
_IDS = frozenset({"record", "choices", "agencies", "persons"})
INDEXABLE = frozenset({*NUMBERS, *_WORDS, *_IDS, "datetime"})
"""Types that `indexed` is true for: one short value, or several ids."""


def is_looked_up(field: Field) -> bool:
    """Whether records can be found and ordered by this field at any size. Private values are never filtered by."""
    return field.indexed and not field.private and field.type in INDEXABLE


def looked_up(definition: Definition, record_type: str) -> tuple[Field, ...]:
    """The fields of a type that this version keeps for looking up; none of a type that it does not have."""
    return _looked_up(Known(definition)).get(record_type, ())


def index_name(record_type: str, field: str) -> str:
    """What the index of a field is called within its app."""
    return f"{record_type}.{field}"


def index_types(definition: Definition) -> dict[str, str]:
    """The type of the field by the name of each index that this version keeps."""
    return {
        index_name(record_type, field.id): field.type
        for record_type, fields in _looked_up(Known(definition)).items()
        for field in fields
    }


@lru_cache(maxsize=512)
def _looked_up(known: Known) -> dict[str, tuple[Field, ...]]:
    found = {}
    for kind in known.definition.records.values():
        fields = tuple(field for field in kind.fields.values() if is_looked_up(field))
        if fields:
            found[kind.id] = fields
    return found
