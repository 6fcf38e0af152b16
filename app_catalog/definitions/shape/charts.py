"""The shape of the ``charts`` of a dashboard."""

from typing import Any

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES
from app_catalog.definitions.model.charts import MEASURES, UNITS
from app_catalog.definitions.nodes import Node, ScalarNode
from app_catalog.definitions.shape.composites import Keys, MapOf
from app_catalog.definitions.shape.fields import ORDER, TEXT
from app_catalog.definitions.shape.holding import STATES, NumberOf, OverRecords, Unread
from app_catalog.definitions.shape.reading import MISSING, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import OneOf, Ref

MOST_CHARTS = 12


class ChartNumber:
    """``amount`` of the page's record type, or ``line.amount``; canonically with the type."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or "." in node.text or reading.scope is None:
            return NumberOf().read(node, path, reading)
        reading.references.append(Reference("number-field", node.text, node, path, reading.scope))
        return f"{reading.scope}.{node.text}"


class GroupedBy:
    """A field or attribute of the type that is counted; kept as missing when it cannot be read."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        found = Ref("attribute", BUILTIN_ATTRIBUTES).read(node, path, reading)
        return "" if found is MISSING else found


CHART = OverRecords(
    Keys(
        optional={
            "count": Ref("record"),
            "sum": ChartNumber(),
            "average": ChartNumber(),
            "by": Unread(),
            "unit": OneOf(UNITS),
            "only": Unread(),
            "label": TEXT,
            "order": ORDER,
        },
        one_of=MEASURES,
    ),
    MEASURES,
    {"by": GroupedBy(), "only": STATES},
)
CHARTS = MapOf(CHART, min=1, max=MOST_CHARTS)
