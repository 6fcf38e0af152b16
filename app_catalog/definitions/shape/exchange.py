"""The shape of what apps of one municipality tell each other: ``exports``, ``emits`` and ``consumes``."""

from typing import Any

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES
from app_catalog.definitions.nodes import MapNode, Node
from app_catalog.definitions.shape.composites import Keys, MapOf, SetOf
from app_catalog.definitions.shape.reading import MISSING, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import Expr, Ref, is_id

MOST = 50


class Exports:
    """Fields and built-in attributes by record type."""

    names = SetOf(Ref("attribute", BUILTIN_ATTRIBUTES), ordered=True)

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            return reading.expected(("peta per jenis catatan", "a map by record type"), node, path)
        found = {}
        for record, key, child in node.pairs():
            reading.references.append(Reference("record", record, key, (*path, record), None))
            with reading.within(record):
                value = self.names.read(child, (*path, record), reading)
            if value is not MISSING:
                found[record] = value
        return found


class Consumes:
    """What is made of events of other apps, by ``<app>/<event>``."""

    made = Keys({"create": Ref("record")}, {"with": MapOf(Expr(), ordered=False)})

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode) or len(node.entries) > MOST:
            return reading.expected(("peta per <aplikasi>/<kejadian>", "a map by <app>/<event>"), node, path)
        found = {}
        for name, key, child in node.pairs():
            app, slash, event = name.partition("/")
            if not slash or not is_id(app) or not is_id(event):
                reading.add("bad-event", key, (*path, name), found=name)
                continue
            value = self.made.read(child, (*path, name), reading)
            if value is not MISSING:
                found[name] = value
        return found


EXPORTS = Exports()
EMITS = MapOf(
    Keys({"record": Ref("record"), "on": SetOf(Ref("occasion"))}, scoped_by="record"), ordered=False, max=MOST
)
CONSUMES = Consumes()
