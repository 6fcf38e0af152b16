"""`/work/export.csv`: the inbox as it is narrowed, as a file; noted in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from app_runtime.exporting.columns import Cell, Column, built_in_columns, columns_of
from app_runtime.exporting.family import Family
from app_runtime.exporting.reading import exported_rows
from app_runtime.exporting.writing import KINDS, export_file
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.listing import present_rows
from app_runtime.records.models import Record
from app_runtime.records.municipal import session_municipality
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp, running_app
from app_runtime.work.inbox import Found, find_work
from app_runtime.work.reach import at_work
from app_runtime.work.views import asked_question, work
from lumbung.audit import record_audit
from lumbung.db import db, now
from lumbung.errors import NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import MEMBER, access, current_visitor

EXPORTED_BY_MEMBER = Limit("exports-by-member", size=30, seconds=60 * 60)
"""Files of one person's inbox: each may read thousands of records."""


@work.get("/export.<kind>")
@access(MEMBER)
def export(kind: str) -> Response:
    """The inbox as it is narrowed, as CSV, Excel or GeoJSON: at most 20,000 rows, without private fields. With one app
    chosen it has that app's fields."""
    if kind not in KINDS:
        raise NotFound
    visitor = current_visitor()
    spend(EXPORTED_BY_MEMBER, str(visitor.account_id))
    actor, asked = actor_for(db.session, visitor), asked_question()
    found = find_work(db.session, actor, asked, at=now())
    reading = _Reading(found, actor)
    columns = reading.columns(asked.app_slug)
    rows = exported_rows(db.session, found.query, found.keys, reading.present)
    answer = export_file(kind, f"{asked.app_slug or 'work'}-{found.tab}", columns, rows)
    record_audit(
        db.session,
        "records.exported",
        subject_type="account",
        subject_id=visitor.account_id,
        after={"kind": kind, "tab": found.tab, "app": asked.app_slug, "records": reading.count},
    )
    return answer


class _Reading:
    """Presents the rows of all apps, each app opened once."""

    def __init__(self, found: Found, actor: Actor) -> None:
        self.found, self.actor, self.count = found, actor, 0
        self.apps: dict[UUID, RunningApp] = {}
        self.families: dict[UUID, Family] = {}
        self.zone = ZoneInfo(session_municipality(db.session).timezone)

    def app(self, installation_id: UUID) -> RunningApp:
        """The running app of an installation."""
        if installation_id not in self.apps:
            self.apps[installation_id] = running_app(db.session, self.found.installations[installation_id])
        return self.apps[installation_id]

    def present(self, records: Sequence[Record]) -> list[PresentedRecord]:
        """The records in their order, as this person may see them at work."""
        self.count += len(records)
        shown: dict[UUID, PresentedRecord] = {}
        for installation_id in dict.fromkeys(record.installation_id for record in records):
            app = self.app(installation_id)
            mine = [record for record in records if record.installation_id == installation_id]
            official = at_work(self.actor.in_app(app.installation.slug))
            if installation_id in self.families:
                self.families[installation_id].look_ahead(mine)
            shown |= {one.id: one for one in present_rows(app, mine, official)}
        return [shown[record.id] for record in records]

    def columns(self, slug: str) -> list[Column]:
        """The app's own fields where one app was chosen, else what all records have."""
        for key, one in self.found.installations.items():
            if slug and one.slug == slug:
                app, official = self.app(key), at_work(self.actor.in_app(slug))
                family = self.families[key] = Family(app, official)
                names = dict.fromkeys(kind for each in app.definitions for kind in each.records)
                found: dict[str, Column] = {}
                for name in names:
                    found |= {c.id: c for c in columns_of(app.kinds(name), official, self.zone) if c.id not in found}
                of_family = {column.id: column for name in names for column in family.columns(name)}
                return [*found.values(), *of_family.values()]
        return [Column("app", t("Aplikasi", "App"), _app_of), *built_in_columns(self.zone)]


def _app_of(record: PresentedRecord) -> Cell:
    return record.app
