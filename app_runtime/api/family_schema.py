"""The family of a record in OpenAPI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.definitions.model.families import parent_types
from app_runtime.api.family import MOST_TOLD
from lumbung.i18n import Text, pick, t

PARENT_HELP = Text("Id atau nomor catatan induk.", "Id or number of the parent.")
_TEXT: dict[str, Any] = {"type": "string"}
_ID: dict[str, Any] = {"type": "string", "format": "uuid"}
_ADDRESS: dict[str, Any] = {"type": "string", "format": "uri"}
_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_RELATIVE = {"id": _ID, "type": _TEXT, "number": _OR_NULL, "url": _ADDRESS}
_CHILD = {
    "type": "object",
    "required": ["id", "type", "url"],
    "properties": {**_RELATIVE, "state": _OR_NULL, "agency": _OR_NULL, "due": {**_OR_NULL, "format": "date-time"}},
}


def family_members(
    definitions: Sequence[Definition], record_type: str, kinds: Sequence[RecordType]
) -> dict[str, dict[str, Any]]:
    """The members `parent` and `children` of a type that has them."""
    members: dict[str, dict[str, Any]] = {}
    if parent_types(definitions, record_type):
        members["parent"] = {
            "type": ["object", "null"],
            "description": t(
                "Catatan induk, bila terbuka untuk umum.", "The record that this one belongs to, where it is public."
            ),
            "required": ["id", "type", "url"],
            "properties": _RELATIVE,
        }
    found = {
        spec.id: {
            "title": pick(definitions[0].records[spec.record].name)
            if spec.record in definitions[0].records
            else spec.id,
            "type": "object",
            "required": ["type", "url", "items"],
            "properties": {
                "type": _TEXT,
                "url": {**_OR_NULL, "format": "uri"},
                "items": {"type": "array", "maxItems": MOST_TOLD, "items": _CHILD},
            },
        }
        for kind in kinds
        for spec in kind.children.values()
    }
    if found:
        members["children"] = {
            "type": "object",
            "description": t(
                "Hanya bila satu catatan dibaca: yang termasuk padanya dan terbuka untuk umum.",
                "When one record is read alone: those that belong to it and are public.",
            ),
            "properties": found,
        }
    return members
