"""The shape of ``app.yaml`` and ``records/<type>.yaml``."""

from typing import Any

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES
from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.numbers import NumberPatternError, parse_number_pattern
from app_catalog.definitions.shape.automations import AUTOMATION
from app_catalog.definitions.shape.children import CHILDREN, FAN_OUT
from app_catalog.definitions.shape.composites import AllOr, Keys, MapOf, SetOf
from app_catalog.definitions.shape.events import EventName
from app_catalog.definitions.shape.exchange import CONSUMES, EMITS, EXPORTS
from app_catalog.definitions.shape.fields import (
    FIELD,
    FIELD_KEYS,
    LATER_FIELD_KEYS,
    NAMED,
    ORDER,
    SETTING,
    TEXT,
)
from app_catalog.definitions.shape.holding import HOLDING
from app_catalog.definitions.shape.live import INDICATORS, LIVE
from app_catalog.definitions.shape.reading import MISSING, Kind, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import (
    Boolean,
    DurationText,
    Expr,
    Id,
    Integer,
    Measure,
    OneOf,
    Ref,
    Version,
    VersionRange,
    Words,
)

CATEGORIES = (
    "complaints",
    "letters",
    "permits",
    "population",
    "health",
    "education",
    "employment",
    "transport",
    "planning",
    "budget",
    "audit",
    "business",
    "tax",
    "environment",
    "infrastructure",
    "public-information",
    "other",
)
BASES = ("consent", "contract", "legal-obligation", "vital-interest", "public-task", "legitimate-interest")
SETTABLE = ("agency", "assignee", "checked")

APP = Keys(
    {
        "format": Integer(1, 1),
        "id": Id(),
        "version": Version(),
        "name": TEXT,
        "category": OneOf(CATEGORIES),
        "audience": OneOf(("public-service", "government")),
    },
    {
        "requires": Keys(optional={"lumbung": VersionRange(), "apps": MapOf(VersionRange(), ordered=False, max=20)}),
        "personal_data": Keys(
            {"purpose": TEXT, "basis": OneOf(BASES), "retention": DurationText(working=False)},
        ),
        "roles": MapOf(Keys({"name": TEXT}, {"scope": OneOf(("agency",)), "order": ORDER})),
        "settings": MapOf(SETTING),
        "exports": EXPORTS,
        "emits": EMITS,
        "consumes": CONSUMES,
        "live": LIVE,
        "indicators": INDICATORS,
    },
    ("commands", "publishes"),
)


class NumberPattern:
    """A pattern such as ``SR/{year}/{seq:05}``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        try:
            # Which fields there are is known once all is read.
            parse_number_pattern(text, None)
        except NumberPatternError as error:
            reading.add("bad-number-pattern", node, path, found=text, detail=error.detail)
            return MISSING
        return text


class AskShape:
    """An ask: with a ``type`` a question of its own, without one a field of the record."""

    own = FIELD
    of_field = Keys(optional={**FIELD_KEYS, "default": Words(4000)}, later=LATER_FIELD_KEYS)

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, MapNode) and "type" in node.entries:
            return self.own.read(node, path, reading)
        reading.references.append(Reference("ask", path[-1], node, path, reading.scope))
        return self.of_field.read(node, path, reading)


def _group_has_contact(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    if not found.get("create") and not found.get("read") and not found.get("update") and not node.entries:
        reading.add("empty-access", node, path)


def _clock_leads_somewhere(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    if "met_by" not in node.entries and "then" not in node.entries:
        reading.add("missing-key", node, (*path, "met_by"), key="met_by")


ATTRIBUTE = Ref("attribute", BUILTIN_ATTRIBUTES)
ATTRIBUTES = SetOf(ATTRIBUTE, ordered=True)
FIELDS = SetOf(Ref("field"))
STATES = SetOf(Ref("state"))
ROLES = SetOf(Ref("role"))
SETS = MapOf(Expr(), ordered=False, keys="settable")

ACCESS = Keys(
    optional={
        "create": Keys(optional={"fields": AllOr(FIELDS), "when": Expr("bool")}),
        "read": Keys(
            {"rows": SetOf(OneOf(("own", "agency", "shared", "published", "all")))},
            {"fields": AllOr(SetOf(ATTRIBUTE))},
        ),
        "update": Keys({"fields": AllOr(FIELDS)}, {"states": STATES, "when": Expr("bool")}),
    },
    later=("delete",),
    also=(_group_has_contact,),
)
STATE = Keys(
    {"label": TEXT},
    {
        "tone": OneOf(("grey", "blue", "amber", "green", "red")),
        "end": OneOf(("success", "other")),
        "help": TEXT,
        "order": ORDER,
    },
)
ACTION = Keys(
    {"from": STATES, "by": SetOf(Ref("role"), empty=True)},
    {
        **NAMED,
        "to": Ref("state"),
        "asks": MapOf(AskShape()),
        "when": Expr("bool"),
        "within": Expr("duration"),
        "sets": SETS,
        "not_by": SetOf(Ref("action")),
        "fan_out": FAN_OUT,
    },
    ("fee", "document", "sign"),
)
RUNG = Keys({"after": DurationText(), "to": Ref("recipient")}, {"order": ORDER})
CLOCK = Keys(
    {"within": Expr("duration"), "starts": SetOf(EventName())},
    {
        "met_by": SetOf(Ref("action")),
        "then": Ref("action"),
        "label": TEXT,
        "order": ORDER,
        "time": OneOf(("wall", "working")),
        "paused_in": STATES,
        "warn_at": Measure("percent"),
        "escalate": MapOf(RUNG, min=1, max=10),
    },
    also=(_clock_leads_somewhere,),
)
NUMBER = Keys({"pattern": NumberPattern()}, {"per": SetOf(Ref("key-part"), ordered=True), "on": Ref("action")})
RECORD_OPTIONAL: dict[str, Kind] = {
    "number": NUMBER,
    "numbers": MapOf(Keys(NUMBER.required, {**NUMBER.optional, "label": TEXT, "order": ORDER}), min=1, max=10),
    "agency": Expr("string"),
    "published": Expr("bool"),
    "workflow": Keys({"start": Ref("state"), "states": MapOf(STATE, min=1), "actions": MapOf(ACTION)}),
    "clocks": MapOf(CLOCK),
    "duplicates": Keys(
        {"within": Measure("metres")},
        {
            "same": SetOf(Ref("field")),
            "open_only": Boolean(),
            "days": Integer(1, 3650),
            "join": Boolean(),
            "into": Ref("field"),
            "with_reporter": Boolean(),
        },
    ),
    "satisfaction": Keys({"ask_on": STATES}, {"scale": Integer(2, 10), "reasons": Boolean()}),
    "automations": MapOf(AUTOMATION),
    **HOLDING,
    "children": CHILDREN,
}
RECORD = Keys(
    {
        "name": TEXT,
        "title": Expr("string"),
        "fields": MapOf(FIELD, min=1),
        "access": MapOf(ACCESS, ordered=False, min=1, keys="role"),
    },
    RECORD_OPTIONAL,
    ("fee",),
)
