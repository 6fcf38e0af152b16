"""What this browser has sent already, so that nobody reports a thing twice without wanting to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Duplicates
from app_catalog.definitions.places import metres_between
from app_runtime.pages.done import list_made
from app_runtime.pages.opening import OpenPage
from app_runtime.pages.reading_form import Written
from app_runtime.pages.submission_keys import scope_of_key
from app_runtime.records.landmarks import landmark_of
from app_runtime.records.likeness import alike
from app_runtime.records.models import Record
from app_runtime.records.places import place_fields
from lumbung.db import now
from lumbung.idempotency import list_results

SITTING = timedelta(hours=24)
"""How long a form reminds of what was sent from it, and its key is kept after that."""

_NO_RULE = Duplicates(within=50)


def list_sent(opened: OpenPage, key: str) -> list[Record]:
    """Records made of the form that was opened under this key, the newest first."""
    return _records(opened, _ids(opened, key))


def is_sent(opened: OpenPage, key: str) -> bool:
    """Whether anything was made of the form that was opened under this key, within the 72 hours that keys are kept."""
    return bool(_ids(opened, key))


def list_alike(opened: OpenPage, key: str, written: Written) -> list[Record]:
    """Records of the last day from this browser that the one being written may repeat, the newest first.

    Other than with records of other people it makes no difference whether they are published. The place decides where
    both have one: by distance, else by landmark; else the words do.
    """
    found = _records(opened, [*_ids(opened, key), *list_made()])
    return [record for record in found if record.created_at >= now() - SITTING and _alike(opened, record, written)]


def _alike(opened: OpenPage, record: Record, written: Written) -> bool:
    fields = opened.record_type.fields
    rule = opened.record_type.duplicates or _NO_RULE
    if any(str(record.data.get(name, "")) != str(written.values.get(name, "")) for name in rule.same):
        return False
    point = next(iter(place_fields(opened.record_type)), None)
    if point is not None:
        place = written.values.get(point)
        if place and record.place_lon is not None and record.place_lat is not None:
            return metres_between((place[0], place[1]), (record.place_lon, record.place_lat)) <= rule.within
        landmark, other = written.landmarks.get(point, ""), landmark_of(record, point)
        if landmark and other:
            return alike(landmark, other)
    words = [spec.id for spec in fields.values() if spec.type in ("text", "long_text", "markdown") and not spec.private]
    return alike(_joined(written.values, words), _joined(record.data, words))


def _joined(values: Any, names: Sequence[str]) -> str:
    return " ".join(str(values.get(name) or "") for name in names)


def _ids(opened: OpenPage, key: str) -> list[UUID]:
    return [UUID(one["record_id"]) for one in list_results(opened.app.session, scope_of_key(opened, key))]


def _records(opened: OpenPage, ids: Sequence[UUID]) -> list[Record]:
    if not ids:
        return []
    query = select(Record).where(
        Record.tenant_id == opened.app.installation.tenant_id,
        Record.installation_id == opened.app.installation.id,
        Record.record_type == opened.record_type.id,
        Record.id.in_(ids),
    )
    return list(opened.app.session.scalars(query.order_by(Record.created_at.desc(), Record.id)))
