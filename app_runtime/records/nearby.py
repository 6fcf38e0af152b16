"""Records by their place: points for a map, and old records that a new one may repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, cast, func, literal, select

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.places import EARTH_RADIUS
from app_catalog.installations.models import Installation
from app_runtime.records.actors import Actor
from app_runtime.records.landmarks import landmark_column
from app_runtime.records.likeness import alike
from app_runtime.records.listing import list_matching, present_rows
from app_runtime.records.models import Record
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.places import place_fields
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession

METRES_PER_DEGREE = 111_320
MOST_POINTS = 2000
_HINTS = 5
_COMPARED = 200
"""Landmarks that are looked at, the newest: a hint is worth no more time."""


def map_points(
    session: AnySession,
    installation: Installation,
    actor: Actor,
    record_type: str,
    *,
    filters: Mapping[str, Any] | None = None,
    popup: Sequence[str] = (),
    limit: int = MOST_POINTS,
) -> dict[str, Any]:
    """A GeoJSON FeatureCollection (RFC 7946) of the places that the actor may see, the newest first.

    Properties: `id number title state state_label tone overdue` and a list `popup` of `{id, label, text}` for the
    fields of the map's popup; None where the reader may not see it. Raises as `list_records` does.
    """
    app = running_app(session, installation)
    query = list_matching(app, record_type, actor, filters or {})
    rows = session.scalars(
        query.where(Record.place_lon.is_not(None)).order_by(Record.created_at.desc(), Record.id.desc()).limit(limit)
    ).all()
    features = [
        _feature(presented, popup) for presented in present_rows(app, rows, actor) if presented.place is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def possible_duplicates(
    session: AnySession,
    installation: Installation,
    actor: Actor,
    record_type: str,
    values: Mapping[str, Any],
    *,
    landmarks: Mapping[str, str] | None = None,
    digest: str | None = None,
) -> list[PresentedRecord]:
    """Records that the one being written may repeat, the nearest first: a hint, never a refusal.

    As the definition's `duplicates` says: within so many metres, the same fields, open, so many days old. Where one of
    the two is not on the map, their `landmarks` (by point field) are compared instead. Only records that the actor may
    read, and what their own definitions show of them. `digest` is the definition of the one being written, the
    installed one without.
    """
    app = running_app(session, installation, digest=digest)
    kind = app.record_type(record_type)
    rule = kind.duplicates
    if rule is None or any(not values.get(name) for name in rule.same):
        return []
    field = next(iter(place_fields(kind)), None)
    if field is None:
        return []
    query = select(Record).where(
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
        Record.record_type == record_type,
        *(Record.data[name].astext == str(values[name]) for name in rule.same),
    )
    if rule.open_only:
        query = query.where(Record.open)
    if rule.days is not None:
        query = query.where(Record.created_at >= now() - timedelta(days=rule.days))
    point = values.get(field)
    kinds = app.kinds(record_type)
    near = query.where(by_own_kind(kinds, lambda own: rows_predicate(own, actor, needing=_told(own, rule.same))))
    needing = frozenset({*rule.same, field})
    told = query.where(by_own_kind(kinds, lambda own: rows_predicate(own, actor, needing=needing)))
    rows = [
        *(_within(session, near, point, rule.within) if point else ()),
        *_at_landmark(session, told, field, (landmarks or {}).get(field, ""), on_map=bool(point)),
    ]
    return present_rows(app, rows[:_HINTS], actor)


def _told(kind: RecordType, same: Sequence[str]) -> frozenset[str]:
    """What a hint tells of a record: the same values, and where it is."""
    return frozenset({*same, *place_fields(kind)})


def _within(session: AnySession, query: Select[Record], point: Sequence[Any], metres: int) -> Sequence[Record]:
    longitude, latitude = float(point[0]), float(point[1])
    distance = metres_from(longitude, latitude)
    near = query.where(_near(longitude, latitude, metres), distance <= metres)
    return session.scalars(near.order_by(distance, Record.id).limit(_HINTS)).all()


def _at_landmark(
    session: AnySession, query: Select[Record], field: str, landmark: str, *, on_map: bool
) -> Sequence[Record]:
    """The newest records with such a landmark, of those whose distance cannot be told."""
    if not landmark:
        return []
    written = landmark_column(field)
    query = query.where(written.is_not(None))
    if on_map:
        query = query.where(Record.place_lon.is_(None))
    newest = query.with_only_columns(Record.id, written).order_by(Record.created_at.desc(), Record.id).limit(_COMPARED)
    ids = [record_id for record_id, text in session.execute(newest).all() if alike(text, landmark)][:_HINTS]
    if not ids:
        return []
    found = session.scalars(query.where(Record.id.in_(ids)).order_by(Record.created_at.desc(), Record.id))
    return found.all()


def metres_from(longitude: float, latitude: float) -> ColumnElement[float]:
    """The distance of a record's place from a point, in metres along the sphere (haversine)."""
    half_latitude = func.radians(Record.place_lat - latitude) / 2
    half_longitude = func.radians(Record.place_lon - longitude) / 2
    chord = func.power(func.sin(half_latitude), 2) + func.cos(func.radians(literal(latitude, Float))) * func.cos(
        func.radians(Record.place_lat)
    ) * func.power(func.sin(half_longitude), 2)
    # Rounding may lift the chord a hair above one.
    return cast(2 * EARTH_RADIUS * func.asin(func.least(1.0, func.sqrt(chord))), Float)


def _near(longitude: float, latitude: float, metres: float) -> ColumnElement[bool]:
    """A box that holds the circle, so that an index can help before distances are computed."""
    north = metres / METRES_PER_DEGREE
    east = metres / (METRES_PER_DEGREE * max(cos(radians(latitude)), 0.01))
    return Record.place_lat.between(latitude - north, latitude + north) & Record.place_lon.between(
        longitude - east, longitude + east
    )


def _feature(presented: PresentedRecord, popup: Sequence[str]) -> dict[str, Any]:
    shown = [
        {"id": name, "label": found.label, "text": found.text}
        for name in popup
        if (found := presented.field(name)) is not None
    ]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(presented.place or ())},
        "properties": {
            "id": str(presented.id),
            "number": presented.number,
            "title": presented.title,
            "state": presented.state,
            "state_label": presented.state_label,
            "tone": presented.state_tone,
            "overdue": presented.overdue,
            "popup": shown,
        },
    }
