"""The shape of ``pages/<page>.yaml`` and ``messages/<name>.yaml``."""

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES
from app_catalog.definitions.nodes import Node, ScalarNode
from app_catalog.definitions.shape.charts import CHARTS
from app_catalog.definitions.shape.composites import Keys, ListOf, MapOf, SetOf, TextByLanguage, Variant
from app_catalog.definitions.shape.fields import LONG_TEXT, ORDER, TEXT
from app_catalog.definitions.shape.reading import Kind, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import Boolean, Ref, Words

LATER_PAGE_KINDS = (
    "counter",
    "display",
    "kiosk",
    "store",
    "scanner",
    "wall",
)
LATER_PAGE_KEYS = ("where", "queue", "layers", "aggregates")


class SortField:
    """A field to sort by; a leading ``-`` means the largest first."""

    def read(self, node: Node, path: Path, reading: Reading) -> object:
        if not isinstance(node, ScalarNode) or not node.text.lstrip("-"):
            return reading.expected(("sebuah isian, misalnya -created_at", "a field, as in -created_at"), node, path)
        name = node.text.removeprefix("-")
        if name not in BUILTIN_ATTRIBUTES:
            reading.references.append(Reference("attribute", name, node, path, reading.scope))
        return node.text


ATTRIBUTES = SetOf(Ref("attribute", BUILTIN_ATTRIBUTES), ordered=True)
STEP = Keys({"label": TEXT, "fields": SetOf(Ref("field"), ordered=True)}, {"help": LONG_TEXT, "order": ORDER})
SHARED: dict[str, Kind] = {"title": TEXT, "text": LONG_TEXT, "order": ORDER}
DOWNLOADS: dict[str, Kind] = {"downloads": SetOf(Ref("file-setting"), ordered=True)}
BASE: dict[str, Kind] = {"kind": Words(), "for": SetOf(Ref("role")), "record": Ref("record")}


def _page(required: dict[str, Kind], optional: dict[str, Kind]) -> Keys:
    return Keys({**BASE, **required}, {**SHARED, **optional}, LATER_PAGE_KEYS, scoped_by="record")


PAGE = Variant(
    "kind",
    {
        "form": _page({"steps": MapOf(STEP, min=1, max=12)}, {"done": LONG_TEXT, "paged": Boolean(), **DOWNLOADS}),
        "list": _page(
            {"columns": ATTRIBUTES},
            {
                "filters": ATTRIBUTES,
                "sort": ListOf(SortField(), max=5),
                "groups": Ref("attribute", BUILTIN_ATTRIBUTES),
                **DOWNLOADS,
            },
        ),
        "site": _page(
            {"columns": ATTRIBUTES}, {"filters": ATTRIBUTES, "sort": ListOf(SortField(), max=5), **DOWNLOADS}
        ),
        "map": _page({"popup": ATTRIBUTES}, {"filters": ATTRIBUTES, **DOWNLOADS}),
        "board": _page(
            {"columns": ATTRIBUTES},
            {
                "filters": ATTRIBUTES,
                "sort": ListOf(SortField(), max=5),
                "groups": Ref("attribute", BUILTIN_ATTRIBUTES),
            },
        ),
        "calendar": _page(
            {"date": Ref("attribute", BUILTIN_ATTRIBUTES), "columns": ATTRIBUTES}, {"filters": ATTRIBUTES}
        ),
        "dashboard": _page({"charts": CHARTS}, {}),
        "track": _page({"fields": ATTRIBUTES}, {}),
        "tile": Keys(
            {"kind": Words(), "for": SetOf(Ref("role")), "title": TEXT, "opens": Ref("page")},
            {"text": LONG_TEXT, "order": ORDER, "record": Ref("record")},
            LATER_PAGE_KEYS,
        ),
    },
    LATER_PAGE_KINDS,
)

MESSAGE = Keys(
    optional={
        "email": Keys({"subject": TextByLanguage(max=300, liquid=True), "body": TextByLanguage(max=8000, liquid=True)}),
        "sms": Keys({"body": TextByLanguage(max=640, liquid=True)}),
    },
    later=("chat", "push", "whatsapp"),
)
