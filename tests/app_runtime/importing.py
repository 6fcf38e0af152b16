"""Bringing files in, the whole way, for tests of what becomes of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.imports.models import Import
from app_runtime.imports.running import run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, start_import
from app_runtime.records.models import Record
from tests.app_runtime.stage import Stage

Sessions = scoped_session[Session]
FLOOD: dict[str, Any] = {
    "fields": {
        "title": {"column": "title", "derived": "{text}", "default": "Laporan banjir"},
        "description": "text",
        "category": {"constant": "flood"},
        "place": "geometry",
        "photos": "image_url",
    },
    "created_at": "created_at",
    "checked": True,
}


def bring_in(
    stage: Stage, data: bytes, mapping: dict[str, Any] | None = None, *, name: str = "data.geojson", **options: Any
) -> Import:
    """The whole way of an import; committed."""
    found = begin_import(stage.session, stage.installation, "report", data=data, name=name)
    start_import(stage.session, found.id, mapping=read_mapping(mapping or FLOOD), by_worker=False, **options)
    stage.session.commit()
    while found.status == "running":
        found = run_batch(stage.session, found.id)
        stage.session.commit()
    return found


def records(stage: Stage) -> list[Record]:
    return list(stage.session.scalars(select(Record).order_by(Record.created_at, Record.number)))


def count(stage: Stage, model: Any) -> int:
    return stage.session.scalar(select(func.count()).select_from(model)) or 0
