"""What is where in the live room, and how much of what: layers of the map and counters, as packages ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select

from app_catalog.definitions.model.live import LiveCounter, LiveLayer
from app_catalog.installations.models import Installation
from app_runtime.filtering.clauses import ranged_indexes, where_clause
from app_runtime.live.opened import OpenApp, open_apps, record_address
from app_runtime.live.patience import PATIENT, Patience
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import Kinds, by_own_kind
from app_runtime.records.places import place_fields
from app_runtime.records.running_app import RunningApp
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick
from lumbung.web.access import Visitor

MOST_POINTS = 1_000
"""Points of one layer, the newest; its `total` says how many there are."""


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


def layers(session: AnySession, visitor: Visitor | None = None, *, patience: Patience = PATIENT) -> list[Layer]:
    """All layers of all apps, in the order of the apps and of their definitions."""
    return [
        _layer(opened, spec, patience)
        for opened in open_apps(session, visitor)
        for spec in opened.app.definition.live.layers.values()
        if spec.record in opened.app.definition.records
    ]


def counters(session: AnySession, *, patience: Patience = PATIENT) -> list[Counted]:
    """All counters of all apps, in order."""
    found = []
    for opened in open_apps(session, None):
        app = opened.app
        specs = [spec for spec in app.definition.live.counters.values() if spec.record in app.definition.records]
        found += [
            Counted(app.installation.slug, opened.name, spec.id, pick(spec.label), _count(app, spec, patience))
            for spec in specs
        ]
    return found


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


def _layer(opened: OpenApp, spec: LiveLayer, patience: Patience) -> Layer:
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
                "href": record_address(record_id),
            },
        }
        for record_id, number, state, lon, lat, is_red in found or ()
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return Layer(app.installation.slug, opened.name, spec.id, pick(spec.label), total, collection)


def _reading(kinds: Kinds, reader: Actor, name: str) -> ColumnElement[bool]:
    """The rows of which somebody sees an attribute."""
    return by_own_kind(kinds, lambda kind: rows_predicate(kind, reader, needing=frozenset({name})))
