"""Kinds of conditions and formulas that a field may have."""

from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import ResultKind
from app_catalog.definitions.nodes import MapNode, Node
from app_catalog.definitions.shape.composites import Keys, TextByLanguage
from app_catalog.definitions.shape.reading import MISSING, Kind, Path, Reading
from app_catalog.definitions.shape.scalars import Expr

COMPUTED: dict[str, ResultKind] = {
    **dict.fromkeys(("text", "long_text", "markdown", "time", "choice", "email", "phone"), "string"),
    **dict.fromkeys(("url", "area", "agency"), "string"),
    "duration": "duration",
    "integer": "whole",
    "money": "whole",
    "decimal": "number",
    "boolean": "bool",
    "date": "moment",
    "datetime": "moment",
    "choices": "list",
    "agencies": "list",
}
"""What a formula must give for a field of each type that can be computed."""
_WHOLE = Keys({"check": Expr("bool")}, {"message": TextByLanguage()})


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """A condition, or a condition with its message; canonically ``check`` and perhaps ``message``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, MapNode):
            return _WHOLE.read(node, path, reading)
        condition = Expr("bool").read(node, path, reading)
        return condition if condition is MISSING else {"check": condition}


def computed_key(kind: str) -> dict[str, Kind]:
    """The key ``computed`` where fields of this type can have it."""
    return {"computed": Expr(COMPUTED[kind])} if kind in COMPUTED else {}


def nobody_fills_in(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    """Note keys that speak of an answer on a field that is computed."""
    if "computed" not in found:
        return
    for key in ("required", "required_when", "default", "check", "pattern", "min", "max"):
        if key in node.entries:
            reading.add("computed-and-asked", node.keys[key], (*path, key), key=key)
