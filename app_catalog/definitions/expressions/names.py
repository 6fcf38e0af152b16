"""Which names an expression may use, and how each type of field appears in CEL.

Texts, choices, people, agencies, times of the day (``07:30``) and durations (their ISO text) are strings; money and
whole numbers are ints, decimals doubles; several choices or agencies are a list of ids; dates and times are
timestamps (a date is its midnight in UTC); a point is a list of doubles, longitude first; files are a list of ids; a
record that is named is its id, and what may be read of it stands behind a dot; a group is a map; a table setting is a
map from row id to a map from column id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cel_expr_python import cel

from app_catalog.definitions.building.children import children_by_id
from app_catalog.definitions.model import Definition, RecordType
from app_catalog.definitions.model.holding import AGGREGATES

_T = cel.Type
CEL_TYPES: dict[str, cel.Type] = {
    "text": _T.STRING,
    "long_text": _T.STRING,
    "markdown": _T.STRING,
    "integer": _T.INT,
    "decimal": _T.DOUBLE,
    "money": _T.INT,
    "boolean": _T.BOOL,
    "date": _T.TIMESTAMP,
    "time": _T.STRING,
    "datetime": _T.TIMESTAMP,
    "duration": _T.STRING,
    "choice": _T.STRING,
    "choices": _T.List(_T.STRING),
    "point": _T.List(_T.DOUBLE),
    "area": _T.STRING,
    "files": _T.List(_T.STRING),
    "email": _T.STRING,
    "phone": _T.STRING,
    "url": _T.STRING,
    "stream": _T.STRING,
    "agency": _T.STRING,
    "agencies": _T.List(_T.STRING),
    "person": _T.STRING,
    "persons": _T.List(_T.STRING),
    "nik": _T.STRING,
    "path": _T.List(_T.List(_T.DOUBLE)),
    "record": _T.STRING,
    "group": _T.Map(_T.STRING, _T.DYN),
    "list": _T.List(_T.Map(_T.STRING, _T.DYN)),
    "strings": _T.List(_T.STRING),
    "table": _T.Map(_T.STRING, _T.Map(_T.STRING, _T.DYN)),
    "average": _T.DOUBLE,
}
BUILTIN_TYPES = {
    "id": "text",
    "number": "text",
    "state": "text",
    "agency": "agency",
    "assignee": "text",
    "created_at": "datetime",
    "created_by": "text",
    "closed_at": "datetime",
    "due": "datetime",
    "open": "boolean",
    "overdue": "boolean",
    "checked": "boolean",
    "published": "boolean",
}
NAMED_FACTS = ("id", "number", "title", "state", "open", "published", "created_at", "closed_at")
"""What may be read of a record that another one names, of another app too."""
EVENT = "event"
"""What an event of another app tells; its values are of any type, since the other app decides."""
CHILDREN_TYPES = {"done": "boolean", "count": "integer", "open": "integer"}
ACTOR_TYPES = {"id": "text", "member": "person", "roles": "strings", "agency": "agency"}


@dataclass(frozen=True, slots=True)
class RecordNames:
    """A record type's fields by type, the members of its groups, its clocks, children and the asks of its actions."""

    fields: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clocks: tuple[str, ...] = ()
    aggregates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By id the kind, and what it is over: ``line.amount``, or a record type alone."""
    lookups: Mapping[str, str] = field(default_factory=dict)
    """By id the record type that is looked up."""
    children: tuple[str, ...] = ()
    asks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By field that names another record, what may be read of that one."""


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that expressions of one package may name. ``tables`` has the columns of the table
    settings.
    """

    settings: Mapping[str, str]
    tables: Mapping[str, Mapping[str, str]]
    records: Mapping[str, RecordNames]

    @classmethod
    def of_definition(cls, definition: Definition) -> "Names":
        """The names of a compiled definition."""
        settings = definition.settings
        return cls(
            settings={spec.id: spec.type for spec in settings.values()},
            tables={
                spec.id: {column.id: column.type for column in spec.columns.values()}
                for spec in settings.values()
                if spec.type == "table"
            },
            records={record.id: _record_names(record, definition) for record in definition.records.values()},
        )

    @classmethod
    def of_canonical(cls, canonical: Mapping[str, Any]) -> "Names":
        """The names of a canonical form, which may be incomplete while a package is checked."""
        settings = canonical.get("app", {}).get("settings", {})
        return cls(
            settings=_types(settings),
            tables={name: _types(spec.get("columns", {})) for name, spec in settings.items() if "columns" in spec},
            records={
                name: RecordNames(
                    fields=_types(record.get("fields", {})),
                    groups={
                        group: _types(spec["fields"])
                        for group, spec in record.get("fields", {}).items()
                        if "fields" in spec and spec.get("type") == "group"
                    },
                    clocks=tuple(record.get("clocks", {})),
                    aggregates={
                        key: (kind, str(spec[kind]))
                        for key, spec in record.get("aggregates", {}).items()
                        for kind in AGGREGATES
                        if kind in spec
                    },
                    numbers=tuple(record.get("numbers", {})),
                    lookups={
                        key: spec["record"] for key, spec in record.get("lookups", {}).items() if "record" in spec
                    },
                    children=tuple(children_by_id(record)),
                    asks=_asked(record),
                    named=_named(canonical.get("records", {}), record),
                )
                for name, record in canonical.get("records", {}).items()
            },
        )

    def types(self, record: str | None, action: str | None = None) -> dict[str, str]:
        """Type by dotted name in the scope of a record type (and of one of its actions), or of the app alone."""
        found = {f"settings.{name}": kind for name, kind in self.settings.items()}
        if record is None and action == EVENT:
            found |= {"now": "datetime", "today": "date", EVENT: "group"}
        if record is None or record not in self.records:
            return found
        names = self.records[record]
        found |= {f"actor.{name}": kind for name, kind in ACTOR_TYPES.items()}
        found |= {"now": "datetime", "today": "date"}
        for child in names.children:
            found |= {f"children.{child}.{fact}": kind for fact, kind in CHILDREN_TYPES.items()}
        if action is not None:
            found |= {f"asks.{name}": kind for name, kind in names.asks.get(action, {}).items()} | {"each": "text"}
        for root in ("record", "old"):
            own = {**BUILTIN_TYPES, **{name: kind for name, kind in names.fields.items() if kind != "checklist"}}
            for clock in names.clocks:
                own |= {f"clocks.{clock}.due": "datetime", f"clocks.{clock}.state": "text"}
            own |= {f"numbers.{number}": "text" for number in names.numbers}
            for other, facts in names.named.items():
                own |= {f"{other}.{fact}": kind for fact, kind in facts.items()}
            for group, members in names.groups.items():
                own |= {f"{group}.{member}": kind for member, kind in members.items()}
            found |= {f"{root}.{name}": kind for name, kind in own.items()}
        return found | self._over_records(names)

    def _over_records(self, names: RecordNames) -> dict[str, str]:
        found = {}
        for name, (kind, over) in names.aggregates.items():
            record, _, number = over.partition(".")
            own = self.records[record].fields.get(number, "") if record in self.records else ""
            found[f"aggregates.{name}"] = "average" if kind == "average" else own or "integer"
        for name, record in names.lookups.items():
            looked_up = self.records.get(record)
            if looked_up is not None:
                own_types = {**BUILTIN_TYPES, **looked_up.fields}
                found |= {f"lookups.{name}.{key}": kind for key, kind in own_types.items()}
        return found


def _types(specs: Mapping[str, Any]) -> dict[str, str]:
    return {name: spec["type"] for name, spec in specs.items() if isinstance(spec, dict) and "type" in spec}


def _asked(record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The types of every action's asks: their own, or those of the fields that they set."""
    fields = _types(record.get("fields", {}))
    return {
        action: {**{ask: fields[ask] for ask in spec.get("asks", {}) if ask in fields}, **_types(spec.get("asks", {}))}
        for action, spec in record.get("workflow", {}).get("actions", {}).items()
    }


CHECKLIST_FACTS = {"complete": "boolean", "refused": "strings", "waiting": "strings", "missing": "strings"}
"""What is known of a checklist: whether all that is asked for is accepted, and the items that are not."""


def _named(records: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found = {}
    for name, spec in record.get("fields", {}).items():
        if spec.get("type") == "checklist":
            found[name] = dict(CHECKLIST_FACTS)
        if spec.get("type") == "record" and "record" in spec:
            fields = records.get(spec["record"], {}).get("fields", {})
            found[name] = facts_of(_types({key: own for key, own in fields.items() if not own.get("private")}))
    return found


def facts_of(fields: Mapping[str, str]) -> dict[str, str]:
    """What may be read of a named record whose open fields have these types, by type."""
    kept = {name: kind for name, kind in fields.items() if kind not in ("group", "list", "nik", "checklist")}
    return {**{name: BUILTIN_TYPES[name] for name in NAMED_FACTS if name != "title"}, "title": "text", **kept}


def _named_by(record: RecordType, definition: Definition) -> dict[str, dict[str, str]]:
    found = {}
    for spec in record.fields.values():
        if spec.checklist is not None:
            found[spec.id] = dict(CHECKLIST_FACTS)
        if spec.target is not None:
            own = definition.records.get(spec.target.record) if spec.target.app is None else None
            fields = own.fields.values() if own else ()
            found[spec.id] = facts_of({one.id: one.type for one in fields if not one.private})
    return found


def _record_names(record: RecordType, definition: Definition) -> RecordNames:
    return RecordNames(
        # What a checklist comes to in one municipality is named through it.
        fields={spec.id: spec.type for spec in record.fields.values() if spec.part is None},
        groups={
            spec.id: {member.id: member.type for member in spec.fields.values()}
            for spec in record.fields.values()
            if spec.type == "group"
        },
        clocks=tuple(record.clocks),
        aggregates={
            one.id: (one.kind, f"{one.record}.{one.field}" if one.field else one.record)
            for one in (record.holding.aggregates.values() if record.holding else ())
        },
        numbers=tuple(key for key in record.numbers if key != "number"),
        lookups={one.id: one.record for one in (record.holding.lookups.values() if record.holding else ())},
        children=tuple(record.children),
        asks={
            action.id: {ask.id: ask.field.type for ask in action.asks.values() if ask.field.type != "checklist"}
            for action in (record.workflow.actions.values() if record.workflow else ())
        },
        named=_named_by(record, definition),
    )
