"""The live room of a municipality: what is where, how much of what, what happens, and what is about to be late.

Everything is bounded, over all enabled apps, in the session's municipality. Rows are those that the `visitor` may read;
without one, those that are public. Counts and shares tell nothing of single records and are over all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, select

from app_catalog.definitions.model.live import LiveCounter, LiveLayer
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.filtering.clauses import ranged_indexes, where_clause
from app_runtime.joining.services import count_joined, may_be_joined
from app_runtime.live.patience import PATIENT, Patience
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.listing import present_rows
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.permissions import may_moderate, may_read, rows_predicate
from app_runtime.records.pinned import Kinds, by_own_kind
from app_runtime.records.places import place_fields
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, t
from lumbung.web.access import ANONYMOUS, Visitor

MOST_POINTS = 1_000
"""Points of one layer, the newest; its `total` says how many there are."""
MOST_ROWS = 20
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the live map: a GeoJSON FeatureCollection whose features have `id number state state_label tone red
    href`, and how many records it has in all."""

    app: str
    app_name: str
    id: str
    label: str
    total: int | None
    features: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure of an app: how many records there are; None when it could not be reckoned in time."""

    app: str
    app_name: str
    id: str
    label: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A record of an app that the room tells something of."""

    app_name: str
    record: PresentedRecord
    joined: int = 0
    """How many others it is true for as well."""

    @property
    def href(self) -> str:
        """Where officials handle it."""
        return _address(self.record.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening(Told):
    """Something that just happened to a record, in words; `alarming` for a deadline that was missed."""

    at: datetime
    what: str
    alarming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk(Told):
    """An open record with a deadline; `late` when it has passed."""

    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class _Open:
    app: RunningApp
    name: str
    reader: Actor


def layers(session: AnySession, visitor: Visitor | None = None, *, patience: Patience = PATIENT) -> list[Layer]:
    """All layers of all apps, in the order of the apps and of their definitions."""
    return [
        _layer(opened, spec, patience)
        for opened in _apps(session, visitor)
        for spec in opened.app.definition.live.layers.values()
        if spec.record in opened.app.definition.records
    ]


def counters(session: AnySession, *, patience: Patience = PATIENT) -> list[Counted]:
    """All counters of all apps, in order."""
    found = []
    for opened in _apps(session, None):
        app = opened.app
        specs = [spec for spec in app.definition.live.counters.values() if spec.record in app.definition.records]
        found += [
            Counted(app.installation.slug, opened.name, spec.id, pick(spec.label), _count(app, spec, patience))
            for spec in specs
        ]
    return found


def newest(session: AnySession, visitor: Visitor | None = None, *, limit: int = MOST_ROWS) -> list[Happening]:
    """What happened last: records that came in, steps that were taken, deadlines that were missed."""
    apps = {opened.app.installation.id: opened for opened in _apps(session, visitor)}
    if not apps:
        return []
    tenant_id = next(iter(apps.values())).app.installation.tenant_id
    rows = session.execute(
        select(RecordHistory, Record)
        .join(Record, and_(Record.tenant_id == RecordHistory.tenant_id, Record.id == RecordHistory.record_id))
        .where(
            RecordHistory.tenant_id == tenant_id,
            RecordHistory.kind.in_(("created", "action", "clock")),
            Record.installation_id.in_(list(apps)),
        )
        .order_by(RecordHistory.created_at.desc(), RecordHistory.id.desc())
        .limit(_LOOKED_AT)
    ).all()
    found: list[Happening] = []
    for row, record in rows:
        opened = apps[record.installation_id]
        what, alarming = _words(opened, row, record)
        wanted = what and len(found) < min(limit, MOST_ROWS) and _is_told(opened, row, record)
        presented = _presented(opened, record) if wanted else None
        if presented is not None:
            found.append(
                Happening(at=row.created_at, what=what, alarming=alarming, app_name=opened.name, record=presented)
            )
    return _with_joined(session, apps, found)


def at_risk(session: AnySession, visitor: Visitor | None = None, *, limit: int = MOST_ROWS) -> list[AtRisk]:
    """Open records by their deadlines: what is late first, the longest at the top, then what is due next."""
    apps = {opened.app.installation.id: opened for opened in _apps(session, visitor)}
    if not apps:
        return []
    tenant_id = next(iter(apps.values())).app.installation.tenant_id
    rows = session.scalars(
        select(Record)
        .where(
            Record.tenant_id == tenant_id,
            Record.open,
            Record.due_at.is_not(None),
            Record.installation_id.in_(list(apps)),
        )
        .order_by(Record.due_at, Record.id)
        .limit(_LOOKED_AT)
    ).all()
    found: list[AtRisk] = []
    moment = now()
    for record in rows:
        presented = _presented(apps[record.installation_id], record) if len(found) < min(limit, MOST_ROWS) else None
        if presented is not None and presented.due_at is not None:
            late = record.overdue or presented.due_at <= moment
            found.append(
                AtRisk(due_at=presented.due_at, late=late, app_name=apps[record.installation_id].name, record=presented)
            )
    return _with_joined(session, apps, found)


_OneTold = TypeVar("_OneTold", bound=Told)


def _with_joined(session: AnySession, apps: Mapping[UUID, _Open], found: list[_OneTold]) -> list[_OneTold]:
    """The same with how many have joined each; nothing is asked where no record can be joined."""
    joinable = {
        (opened.app.installation.slug, name)
        for opened in apps.values()
        for name in opened.app.definition.records
        if any(may_be_joined(kind) for _, kind in opened.app.kinds(name))
    }
    ids = {one.record.id for one in found if (one.record.app, one.record.record_type) in joinable}
    counts = count_joined(session, ids)
    return [replace(one, joined=counts.get(one.record.id, 0)) for one in found]


def _address(record_id: UUID) -> str:
    return f"/work/{record_id}"


def _apps(session: AnySession, visitor: Visitor | None) -> Iterator[_Open]:
    for installation in list_installations(session):
        app = running_app(session, installation)
        reader = actor_for(session, visitor or ANONYMOUS, installation)
        yield _Open(app, shown_name(installation, app.definition), reader)


def _count(app: RunningApp, spec: LiveCounter, patience: Patience) -> int | None:
    usable = ranged_indexes(app, spec.record, spec.where)
    passing = by_own_kind(app.kinds(spec.record), lambda kind: where_clause(app, kind, spec.where, usable))
    return _how_many(app, patience, *_of(app, spec.record), passing)


def _how_many(app: RunningApp, patience: Patience, *matching: Any) -> int | None:
    rows = patience.rows(app.session, select(func.count()).select_from(Record).where(*matching))
    return None if rows is None else int(rows[0][0])


def _of(app: RunningApp, record_type: str) -> tuple[Any, ...]:
    installation: Installation = app.installation
    return (
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
        Record.record_type == record_type,
    )


def _layer(opened: _Open, spec: LiveLayer, patience: Patience) -> Layer:
    app = opened.app
    kinds = app.kinds(spec.record)
    usable = ranged_indexes(app, spec.record, spec.where)
    places = frozenset(name for _, kind in kinds for name in place_fields(kind))
    rows = by_own_kind(
        kinds,
        lambda kind: and_(
            rows_predicate(kind, opened.reader, needing=places & frozenset(kind.fields)),
            where_clause(app, kind, spec.where, usable),
        ),
    )
    red = by_own_kind(kinds, lambda kind: where_clause(app, kind, spec.red) if spec.red else false())
    seen = {name: _reading(kinds, opened.reader, name) for name in ("number", "state")}
    matching = (*_of(app, spec.record), Record.place_lon.is_not(None), rows)
    total = _how_many(app, patience, *matching)
    found = patience.rows(
        app.session,
        select(
            Record.id,
            case((seen["number"], Record.number), else_=None),
            case((seen["state"], Record.state), else_=None),
            Record.place_lon,
            Record.place_lat,
            case((red, True), else_=False),
        )
        .where(*matching)
        .order_by(Record.created_at.desc(), Record.id.desc())
        .limit(MOST_POINTS),
    )
    workflow = app.record_type(spec.record).workflow
    states = workflow.states if workflow else {}
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
            "properties": {
                "id": str(record_id),
                "number": number,
                "state": state,
                "state_label": pick(states[state].label) if state in states else "",
                "tone": states[state].tone if state in states else "grey",
                "red": is_red,
                "href": _address(record_id),
            },
        }
        for record_id, number, state, lon, lat, is_red in found or ()
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return Layer(app.installation.slug, opened.name, spec.id, pick(spec.label), total, collection)


def _reading(kinds: Kinds, reader: Actor, name: str) -> ColumnElement[bool]:
    """The rows of which somebody sees an attribute."""
    return by_own_kind(kinds, lambda kind: rows_predicate(kind, reader, needing=frozenset({name})))


def _presented(opened: _Open, record: Record) -> PresentedRecord | None:
    """The record as the reader may see it; None where they may not."""
    app = opened.app
    if record.definition_digest != app.definition.digest:
        app = running_app(app.session, app.installation, digest=record.definition_digest)
    if record.record_type not in app.definition.records:
        return None
    if not may_read(app.record_type(record.record_type), opened.reader, record):
        return None
    return present_rows(app, [record], opened.reader, columns=())[0]


def _is_told(opened: _Open, row: RecordHistory, record: Record) -> bool:
    """Whether the reader sees this in the record's history too: who reads a record as everybody may is told what
    everybody is."""
    if row.public:
        return True
    definition = definition_by_digest(opened.app.session, record.definition_digest)
    kind = definition.records.get(record.record_type)
    return kind is not None and may_moderate(definition, kind, opened.reader, record)


def _words(opened: _Open, row: RecordHistory, record: Record) -> tuple[str, bool]:
    kind = definition_by_digest(opened.app.session, row.definition_digest).records[record.record_type]
    if row.kind == "created":
        return t("{name} baru", "New {name}", name=pick(kind.name).lower()), False
    if row.kind == "clock":
        clock, _, phase = row.name.partition(".")
        spec = kind.clocks.get(clock)
        if spec is None or phase != "breached":
            return "", False
        return t("Lewat tenggat: {label}", "Deadline missed: {label}", label=pick(spec.label)), True
    action = kind.workflow.actions.get(row.name) if kind.workflow else None
    return (pick(action.label), False) if action else ("", False)
