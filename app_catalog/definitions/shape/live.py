"""The shape of ``live`` and ``indicators`` in ``app.yaml``."""

from app_catalog.definitions.shape.composites import Keys, MapOf
from app_catalog.definitions.shape.fields import ORDER, TEXT
from app_catalog.definitions.shape.filters import WHERE
from app_catalog.definitions.shape.scalars import Integer, OneOf, Ref

LAYER = Keys(
    {"record": Ref("record")},
    {"label": TEXT, "where": WHERE, "red": WHERE, "order": ORDER},
    scoped_by="record",
)
COUNTER = Keys({"count": Ref("record")}, {"label": TEXT, "where": WHERE, "order": ORDER}, scoped_by="count")
LIVE = Keys(optional={"layers": MapOf(LAYER, max=20), "counters": MapOf(COUNTER, max=20)})
INDICATOR = Keys(
    {"of": Ref("record"), "kind": OneOf(("clock_met", "share"))},
    {"label": TEXT, "clock": Ref("clock"), "where": WHERE, "days": Integer(1, 3650), "order": ORDER},
    scoped_by="of",
)
INDICATORS = MapOf(INDICATOR, max=30)
