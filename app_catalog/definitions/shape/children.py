"""The shape of parallel work: children of a record, and actions that open them."""

from typing import Any

from app_catalog.definitions.nodes import Node, ScalarNode
from app_catalog.definitions.shape.composites import Keys, MapOf
from app_catalog.definitions.shape.reading import Path, Reading, Reference
from app_catalog.definitions.shape.scalars import Expr, OneOf, Ref


class Units:
    """What a child is opened for: each value of an ask or field, or each row of ``settings.<table>``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        written = node.text if isinstance(node, ScalarNode) else ""
        prefix, _, table = written.partition(".")
        if prefix == "settings" and table:
            reading.references.append(Reference("table", table, node, path, None))
            return written
        if not written or "." in written:
            what = (
                "pertanyaan atau isian berjenis agencies atau agency, atau settings.<tabel>",
                "an ask or field of type agencies or agency, or settings.<table>",
            )
            return reading.expected(what, node, path)
        return written


CHILDREN = MapOf(Keys({"record": Ref("record")}, {"done_when": OneOf(("all", "any"))}))
FAN_OUT = Keys({"record": Ref("record"), "per": Units()}, {"with": MapOf(Expr(), ordered=False)})
