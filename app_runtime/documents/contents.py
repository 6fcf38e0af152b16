"""What a document says of a record: its values in words, who signs, for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app_catalog.definitions.documents.inputs import document_content
from app_catalog.definitions.model import Field
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.presenting import display_value
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import field_values
from lumbung.i18n import pick, show_date, show_datetime
from tenants.municipalities.addresses import municipality_origin
from tenants.people.models import Membership


def verify_url(app: RunningApp, code: str) -> str:
    """Where anybody verifies the document with this code."""
    return f"{municipality_origin(app.municipality)}/verify/{code}"


def signer_of(app: RunningApp, row: RecordHistory) -> dict[str, str]:
    """Who took the last step before a document was asked for, as an official; empty texts when nobody did."""
    step = app.session.scalars(
        select(RecordHistory)
        .where(
            RecordHistory.tenant_id == row.tenant_id,
            RecordHistory.record_id == row.record_id,
            RecordHistory.sequence < row.sequence,
            RecordHistory.actor_kind == "member",
            RecordHistory.kind.in_(("action", "created", "updated")),
        )
        .order_by(RecordHistory.sequence.desc())
        .limit(1)
    ).first()
    member = None
    if step is not None and step.actor_id is not None:
        member = app.session.scalars(
            select(Membership).where(Membership.tenant_id == row.tenant_id, Membership.account_id == step.actor_id)
        ).first()
    agency = app.agencies.by_id.get(member.agency_id) if member and member.agency_id else None
    return {
        "name": step.actor_name if step else "",
        "position": member.position if member else "",
        "agency": agency.name if agency else "",
    }


def content_of(
    app: RunningApp, record: Record, row: RecordHistory, *, name: str, code: str, signer: Mapping[str, str]
) -> dict[str, Any]:
    """All that the template sees, in the language that is spoken; secrets of the settings are left out."""
    kind = app.record_type(record.record_type)
    values = field_values(record, kind)
    agency = app.agencies.by_id.get(record.agency_id) if record.agency_id else None
    assignee = app.session.get(Membership, (record.tenant_id, record.assignee_id)) if record.assignee_id else None
    state = kind.workflow.states.get(record.state) if kind.workflow else None
    zone = app.municipality.timezone
    return document_content(
        record={
            "number": record.number or "",
            "title": record.title,
            "state": pick(state.label) if state else record.state,
            "agency": agency.name if agency else "",
            "assignee": assignee.name if assignee else "",
            "created_at": show_datetime(record.created_at, zone),
            "closed_at": show_datetime(record.closed_at, zone) if record.closed_at else "",
            "due": show_datetime(record.due_at, zone) if record.due_at else "",
            **{field.id: _told(app, field, values.get(field.id)) for field in kind.fields.values()},
        },
        # What is sealed stays so: numbers of the population register are masked in `record`, and not in `values`.
        values={field: None if spec.type == "nik" else values.get(field) for field, spec in kind.fields.items()},
        municipality={"name": app.municipality.name, "url": municipality_origin(app.municipality)},
        agency={"name": agency.name if agency else ""},
        signer=signer,
        settings={
            setting: app.settings.get(setting) for setting, spec in app.definition.settings.items() if not spec.secret
        },
        verify_url=verify_url(app, code),
        issued={
            "name": name,
            "number": record.number or "",
            "date": show_date(_day(app, row.created_at)),
            "code": code,
        },
    )


def _day(app: RunningApp, at: datetime) -> Any:
    return at.astimezone(app.zone).date()


def _told(app: RunningApp, field: Field, value: Any) -> Any:
    if field.type == "boolean":
        return bool(value)
    if field.type == "files":
        return len(value or ())
    if field.type in ("choices", "agencies", "persons"):
        return [display_value(app, field, [one]) for one in value or ()]
    if field.type == "group":
        return _members(app, field, value)
    if str(field.type) == "list":
        return [_members(app, field, row) for row in _rows(value)]
    return display_value(app, field, value)


def _members(app: RunningApp, field: Field, value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {}
    return {member.id: _told(app, member, given.get(member.id)) for member in field.fields.values()}


def _rows(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()
