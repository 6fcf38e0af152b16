"""The shape of what names records of another type: ``record: vacancy``, or ``record: wifi/point`` of another app."""

from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.shape.filters import WHERE
from app_catalog.definitions.shape.reading import MISSING, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import is_id


class RecordOfApp:
    """A record type of the package, or ``<app>/<type>`` of another app that the package requires."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        app, slash, record = text.rpartition("/")
        if not is_id(record) or (slash and not is_id(app)):
            what = ("jenis catatan, atau <aplikasi>/<jenis>", "a record type, or <app>/<type>")
            return reading.expected(what, node, path)
        if not slash:
            reading.references.append(Reference("record", record, node, path, reading.scope))
        return text


class WhereOfNamed:
    """A filter over the records that are named; read once their type is known."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        return {}


def read_where(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    """Read ``where`` over the records that ``record`` names; nothing is known of the fields of another app."""
    if "where" not in found:
        return
    target = str(found.get("record", ""))
    if "/" in target:
        reading.add("where-of-other-app", node.keys["where"], (*path, "where"), found=target)
        return
    with reading.within(target):
        value = WHERE.read(node.entries["where"], (*path, "where"), reading)
    if value is MISSING:
        del found["where"]
    else:
        found["where"] = value
