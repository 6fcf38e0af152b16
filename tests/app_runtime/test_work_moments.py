"""Officials write dates and times as their municipality's clock shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordHistory
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse, find_form
from tests.small_app import enable_small, small_files
from tests.world import World

LETTER = """
name: {id: Surat, en: Letter}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  meeting: {type: datetime, label: {id: Waktu, en: Time}}
access: {clerk: {create: {}, read: {rows: all}, update: {fields: all}}}
workflow:
  start: open
  states: {open: {label: {id: Terbuka, en: Open}}, kept: {label: {id: Disimpan, en: Kept}, end: success}}
  actions:
    invite: {from: open, by: [clerk], asks: {meeting: {required: true}}}
    keep: {from: open, to: kept, by: [clerk]}
"""


def test_an_official_sets_a_time_by_the_clock_of_the_municipality(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation = enable_small(session, world, small_files({"letter": LETTER}), roles=[("admin", "clerk")])
    exact = "2026-01-12T02:00:30+00:00"
    with as_tenant(session, world.tangsel.id):
        made = create_record(session, installation, SYSTEM, "letter", {"subject": "Rapat", "meeting": exact}).record
        session.commit()
        path = f"/work/surat/{made.id}"
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    edit = clerk.get(f"{path}/edit").text
    form = find_form(edit, f"{path}/edit", page_path=f"{path}/edit")
    assert form is not None
    assert form.fields["edit.meeting"] == "2026-01-12T09:00"
    assert 'type="datetime-local"' in edit
    # What was not touched stays to the second, and is no change.
    assert clerk.post_form(f"{path}/edit", {"edit.subject": "Rapat besar"}).status_code == 303
    assert stored(session, world) == ("Rapat besar", exact)
    assert clerk.post_form(f"{path}/edit", {"edit.meeting": "2026-01-12T13:30"}).status_code == 303
    assert moment(session, world) == datetime(2026, 1, 12, 6, 30, tzinfo=UTC)
    assert clerk.post_form(path, {"invite.meeting": "2026-01-13T08:15"}, to=f"{path}/act/invite").status_code == 303
    assert moment(session, world) == datetime(2026, 1, 13, 1, 15, tzinfo=UTC)
    with as_tenant(session, world.tangsel.id):
        query = select(RecordHistory.changes).where(RecordHistory.kind == "updated").order_by(RecordHistory.sequence)
        assert [list(changes["fields"]) for changes in session.scalars(query)] == [["subject"], ["meeting"]]


def stored(session: Sessions, world: World) -> tuple[str, str]:
    with as_tenant(session, world.tangsel.id):
        data = session.scalars(select(Record).execution_options(populate_existing=True)).one().data
        return data["subject"], data["meeting"]


def moment(session: Sessions, world: World) -> datetime:
    return datetime.fromisoformat(stored(session, world)[1]).astimezone(UTC)
