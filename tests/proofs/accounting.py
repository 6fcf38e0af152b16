"""Counting afterwards: everything acknowledged is there once, and nothing hangs in the air."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from app_runtime.records.models import Record, RecordFile, RecordHistory
from lumbung.db import db, now, set_clock, use_tenant
from lumbung.files.garbage import collect_garbage
from lumbung.files.models import StoredFile
from lumbung.files.services import file_disk
from lumbung.idempotency import Submission
from lumbung.messages import Message
from lumbung.outbox import Effect
from tests.proofs.standing import Sent, Stand

# One that a killed worker had taken is nobody's until its silence is noticed; its effect was made up for by the sweep.
_WAITING = "SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'todo'"


def wait_until_drained(stand: Stand, seconds: float = 90) -> None:
    """Wait until the worker has nothing left to do now (clocks of later days stay)."""
    deadline = time.monotonic() + seconds
    left: dict[str, int] = {}
    while time.monotonic() < deadline:
        stand.tend()
        with stand.app.app_context():
            use_tenant(db.session, stand.world.tangsel.id)
            pending = select(func.count()).select_from(Effect).where(Effect.status == "pending")
            jobs = text(_WAITING)
            left = {
                "effects": db.session.execute(pending).scalar_one(),
                "jobs": db.session.execute(jobs).scalar_one(),
            }
            hurry(db.session)
            db.session.remove()
        if not any(left.values()):
            return
        time.sleep(0.25)
    raise AssertionError(f"The worker does not come to an end: {left}")


def hurry(session: Any) -> None:
    """Effects that failed because the database had gone need not wait their half minute in a proof."""
    session.execute(text("UPDATE outbox SET next_attempt_at = now() WHERE status = 'pending' AND attempts > 0"))
    session.execute(text("UPDATE wakeups SET due_at = now() WHERE effect_id IS NOT NULL"))
    session.commit()


def account_for(stand: Stand) -> dict[str, int]:
    """Assert that everything acknowledged is there exactly once and that nothing is half there; counts for the report.

    Call when no client is under way and the worker is drained.
    """
    sent = stand.sent
    with stand.app.app_context():
        use_tenant(db.session, stand.world.tangsel.id)
        counts = _records(sent) | _history(sent) | _messages(stand, sent) | _files(sent)
        _nothing_hangs()
        db.session.remove()
    return counts


def _records(sent: Sequence[Sent]) -> dict[str, int]:
    rows = db.session.execute(select(Record.id, Record.title, Record.number)).all()
    titles = Counter(row.title for row in rows)
    by_title = {row.title: row.id for row in rows}
    lost = [one.number for one in sent if by_title.get(one.title) != one.record_id]
    assert lost == [], f"Acknowledged and not there: {lost}"
    doubled = {title: count for title, count in titles.items() if count > 1}
    assert doubled == {}
    assert len(rows) == len(sent), "There are reports that nobody was told of."
    numbers = sorted(int(str(row.number).rsplit("/", 1)[1]) for row in rows)
    assert numbers == list(range(1, len(rows) + 1)), "The numbers have a gap."
    return {"reports": len(rows)}


def _history(sent: Sequence[Sent]) -> dict[str, int]:
    query = (
        select(RecordHistory.record_id, func.count())
        .where(RecordHistory.name == "respond")
        .group_by(RecordHistory.record_id)
    )
    steps = {row[0]: row[1] for row in db.session.execute(query)}
    expected = {one.record_id: 1 for one in sent if one.answered}
    assert steps == expected, "An answer of an official is missing or stands twice."
    said = select(Record.id, Record.data["answer"].astext)
    words = {row[0]: row[1] for row in db.session.execute(said)}
    assert {one.record_id: words[one.record_id] for one in sent if one.answered} == {
        one.record_id: one.answered for one in sent if one.answered
    }
    created = select(func.count()).select_from(RecordHistory).where(RecordHistory.kind == "created")
    assert db.session.execute(created).scalar_one() == len(sent)
    gaps = text(
        "SELECT count(*) FROM (SELECT record_id FROM record_history GROUP BY record_id "
        "HAVING max(sequence) <> count(*) OR min(sequence) <> 1) AS torn"
    )
    assert db.session.execute(gaps).scalar_one() == 0
    return {"answers": len(expected)}


def _messages(stand: Stand, sent: Sequence[Sent]) -> dict[str, int]:
    rows = db.session.execute(select(Message.recipient, Message.subject, Message.message_id, Message.status)).all()
    assert {row.status for row in rows} <= {"sent"}, Counter(row.status for row in rows)
    written = Counter(row.recipient for row in rows)
    for one in sent:
        # Received, and answered when it was.
        assert written[one.email] == (2 if one.answered else 1), one.email
    known = {row.message_id for row in rows}
    received = [(to, mail_id) for to, ids in stand.mailbox.received.items() for mail_id in ids]
    assert {mail_id for _, mail_id in received} == known, "A message never went out, or one that nobody wrote did."
    repeats = len(received) - len(known)
    return {"messages": len(known), "messages that went out again": repeats}


def _files(sent: Sequence[Sent]) -> dict[str, int]:
    kept = select(RecordFile.record_id, func.count()).group_by(RecordFile.record_id)
    photos = {row[0]: row[1] for row in db.session.execute(kept)}
    assert photos == {one.record_id: 1 for one in sent if one.photo}, "An acknowledged photo is missing or doubled."
    disk = file_disk()
    for file in db.session.scalars(select(StoredFile)):
        with disk.open(file.key) as data:
            assert hashlib.sha256(data.read()).hexdigest() == file.sha256, file.key
    # What retries and kills left over is collected after a day, in two rounds; then rows and bytes are the same.
    for days in (2, 4):
        with set_clock(now() + timedelta(days=days)):
            collect_garbage(db.session)
            db.session.commit()
    tenant_id = db.session.info["tenant_id"]
    keys = set(db.session.scalars(select(StoredFile.key)))
    on_disk = {file.key for file in disk.list_keys(tenant_id)}
    assert keys <= on_disk
    with set_clock(now() + timedelta(days=6)):
        collect_garbage(db.session)
        db.session.commit()
    assert {file.key for file in disk.list_keys(tenant_id)} == keys
    assert len(keys) == 2 * len(photos)
    return {"photos": len(photos)}


def _nothing_hangs() -> None:
    for question, sql in _ORPHANS.items():
        assert db.session.execute(text(sql)).scalar_one() == 0, question
    unfinished = select(func.count()).select_from(Submission).where(Submission.result.is_(None))
    assert db.session.execute(unfinished).scalar_one() == 0, "A submission without a result."


_ORPHANS = {
    "a file of a record that is not attached": "SELECT count(*) FROM record_files r JOIN files f "
    "ON f.tenant_id = r.tenant_id AND f.id = r.file_id WHERE f.subject_id IS DISTINCT FROM r.record_id::text",
    "a record without history": "SELECT count(*) FROM records r WHERE NOT EXISTS (SELECT 1 FROM record_history h "
    "WHERE h.tenant_id = r.tenant_id AND h.record_id = r.id)",
    "a record without its two clocks": "SELECT count(*) FROM records r WHERE (SELECT count(*) FROM record_clocks c "
    "WHERE c.tenant_id = r.tenant_id AND c.record_id = r.id) <> 2",
    "a wake-up for an effect that is done": "SELECT count(*) FROM wakeups WHERE effect_id IS NOT NULL",
    "a job": _WAITING,
    "an effect that was given up": "SELECT count(*) FROM outbox WHERE status <> 'done'",
}
