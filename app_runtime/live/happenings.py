"""What happens in the live room, and what is about to be late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_, select

from app_catalog.installations.definitions import definition_by_digest
from app_runtime.joining.services import count_joined, may_be_joined
from app_runtime.live.opened import OpenApp, open_apps, record_address
from app_runtime.records.listing import present_rows
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.permissions import may_moderate, may_read
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, t
from lumbung.web.access import Visitor

MOST_ROWS = 20
_LOOKED_AT = 100


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
        return record_address(self.record.id)


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


def newest(session: AnySession, visitor: Visitor | None = None, *, limit: int = MOST_ROWS) -> list[Happening]:
    """What happened last: records that came in, steps that were taken, deadlines that were missed."""
    apps = {opened.app.installation.id: opened for opened in open_apps(session, visitor)}
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
    apps = {opened.app.installation.id: opened for opened in open_apps(session, visitor)}
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


def _with_joined(session: AnySession, apps: Mapping[UUID, OpenApp], found: list[_OneTold]) -> list[_OneTold]:
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


def _presented(opened: OpenApp, record: Record) -> PresentedRecord | None:
    """The record as the reader may see it; None where they may not."""
    app = opened.app
    if record.definition_digest != app.definition.digest:
        app = running_app(app.session, app.installation, digest=record.definition_digest)
    if record.record_type not in app.definition.records:
        return None
    if not may_read(app.record_type(record.record_type), opened.reader, record):
        return None
    return present_rows(app, [record], opened.reader, columns=())[0]


def _is_told(opened: OpenApp, row: RecordHistory, record: Record) -> bool:
    """Whether the reader sees this in the record's history too: who reads a record as everybody may is told what
    everybody is."""
    if row.public:
        return True
    definition = definition_by_digest(opened.app.session, record.definition_digest)
    kind = definition.records.get(record.record_type)
    return kind is not None and may_moderate(definition, kind, opened.reader, record)


def _words(opened: OpenApp, row: RecordHistory, record: Record) -> tuple[str, bool]:
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
