"""Moves as jobs: a batch of records in each transaction, and a cursor that moves with them.

Killed at any point, what has committed is whole and what has not never was: the next step begins at the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.services import get_installation
from app_runtime.children.family import lock_families
from app_runtime.records.actors import SYSTEM, Actor
from app_runtime.records.answers import Answers
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp, running_app
from app_runtime.upgrades.mapping import Mapping, check_mapping
from app_runtime.upgrades.models import MovedRecord, MoveStatus, RecordMove
from app_runtime.upgrades.moving import move_record, open_sides, undo_record
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.outbox import Effect, EffectStatus, GiveUp, Payload, effect_handler, enqueue_effect

BATCH = 50
STEP = "record_move_step"
_UNDO_FIRST = Text(
    "Pemindahan ini belum selesai atau sudah dibatalkan.", "This move has not finished, or has been taken back already."
)


def start_move(
    session: AnySession,
    installation: Installation,
    record_type: str,
    *,
    from_digest: str,
    to_digest: str,
    states: Sequence[str],
    mapping: Mapping,
    ids: Sequence[UUID] = (),
    account_id: UUID | None = None,
    actor_name: str = "",
) -> RecordMove:
    """Have a worker move the records of a type that are in one of `states` (and among `ids`, if given).

    Raises NotFound for a version that this municipality never ran, Invalid when nothing is chosen or the mapping
    leaves something open.
    """
    before = definition_by_digest(session, from_digest)
    after = definition_by_digest(session, to_digest)
    if before.digest == after.digest:
        raise Invalid(fields={"to": [t("Pilih versi lain.", "Choose another version.")]})
    check_mapping(before, after, record_type, mapping)
    mapping = _cleaned(running_app(session, installation, digest=to_digest), record_type, mapping)
    move = RecordMove(
        tenant_id=installation.tenant_id,
        installation_id=installation.id,
        record_type=record_type,
        from_digest=from_digest,
        to_digest=to_digest,
        from_version=before.version,
        to_version=after.version,
        selection={"states": list(states), "ids": [str(one) for one in ids]},
        mapping=mapping.as_json(),
        account_id=account_id,
        actor_name=actor_name,
    )
    move.total = _count(session, move)
    if not move.total:
        message = t("Tidak ada berkas yang dipilih.", "No records are chosen.")
        raise Invalid(fields={"states": [message]})
    session.add(move)
    session.flush()
    record_audit(
        session,
        "records.move-started",
        subject_type="record_move",
        subject_id=move.id,
        after={"from": before.version, "to": after.version, "records": move.total, "mapping": mapping.as_json()},
    )
    enqueue_move_step(session, move)
    return move


def start_undo(session: AnySession, move: RecordMove) -> RecordMove:
    """Have a worker take every record of a move back, or those that could not be taken back before.

    Raises Conflict while the move is under way, and when nothing of it is left to take back.
    """
    locked = lock_move(session, move.id)
    if not may_undo(locked):
        raise Conflict(_UNDO_FIRST)
    locked.status, locked.cursor, locked.finished_at = MoveStatus.UNDOING.value, None, None
    locked.run += 1
    record_audit(session, "records.move-undone", subject_type="record_move", subject_id=locked.id)
    enqueue_move_step(session, locked)
    return locked


def may_undo(move: RecordMove) -> bool:
    """Whether a move stands still and has records to take back: what has moved again can be, once that is undone."""
    return move.status not in (MoveStatus.RUNNING, MoveStatus.UNDOING) and move.undone < move.moved


def run_move_step(session: AnySession, move_id: UUID, *, most: int = BATCH) -> RecordMove:
    """Move (or take back) the next `most` records and the cursor with them; the move as it stands then.

    Does nothing when the move neither runs nor is taken back. Raises NotFound when there is no such move here.
    """
    move = lock_move(session, move_id)
    installation = get_installation(session, move.installation_id)
    if move.status == MoveStatus.RUNNING:
        _move_batch(session, installation, move, most)
    elif move.status == MoveStatus.UNDOING:
        _undo_batch(session, installation, move, most)
    session.flush()
    return move


def lock_move(session: AnySession, move_id: UUID) -> RecordMove:
    """The move as it is now, locked until the transaction ends. Raises NotFound."""
    found = session.scalars(
        select(RecordMove)
        .where(RecordMove.tenant_id == current_tenant(session), RecordMove.id == move_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def enqueue_move_step(session: AnySession, move: RecordMove) -> None:
    """Have a worker go on with the move."""
    key = f"{_steps_of(move)}{move.run}:{move.cursor}"
    enqueue_effect(session, STEP, {"move_id": str(move.id)}, dedupe_key=key)


def _failed(session: AnySession, payload: Payload, reason: str) -> None:
    move = lock_move(session, UUID(payload["move_id"]))
    if move.status in (MoveStatus.RUNNING, MoveStatus.UNDOING):
        move.status, move.problem, move.finished_at = MoveStatus.FAILED.value, reason, now()


@effect_handler(STEP, on_failure=_failed, inside=True)
def _step(session: AnySession, payload: Payload) -> None:
    try:
        move = run_move_step(session, UUID(payload["move_id"]))
    except NotFound:
        raise GiveUp("the move or its app is gone") from None
    session.execute(
        delete(Effect).where(
            Effect.tenant_id == move.tenant_id,
            Effect.kind == STEP,
            Effect.status == EffectStatus.DONE,
            Effect.dedupe_key.startswith(_steps_of(move), autoescape=True),
        )
    )
    if move.status in (MoveStatus.RUNNING, MoveStatus.UNDOING):
        enqueue_move_step(session, move)


def _cleaned(app: RunningApp, record_type: str, mapping: Mapping) -> Mapping:
    """The mapping with its values as answers are cleaned, so that a wrong one is told now and not by every record."""
    kind = app.record_type(record_type)
    asked = {name: kind.fields[name] for name in mapping.values}
    try:
        values = Answers(app, asked, "scenario", app.scope, None).clean(mapping.values, partial=True)
    except Invalid as error:
        raise Invalid(fields={f"values.{name}": list(texts) for name, texts in error.fields.items()}) from error
    return replace(mapping, values=values)


def _move_batch(session: AnySession, installation: Installation, move: RecordMove, most: int) -> None:
    query = _chosen(move).order_by(Record.id).limit(most)
    if move.cursor is not None:
        query = query.where(Record.id > move.cursor)
    ids = list(session.scalars(query))
    lock_families(session, move.tenant_id, ids)
    sides = open_sides(session, installation, move)
    for record_id in ids:
        moved = move_record(session, sides, move, record_id, _actor(move))
        move.done += 1
        if moved is not None:
            move.moved += moved.outcome == "moved"
            move.refused += moved.outcome == "refused"
        move.cursor = record_id
    if len(ids) < most:
        _finish(session, move, MoveStatus.DONE)


def _undo_batch(session: AnySession, installation: Installation, move: RecordMove, most: int) -> None:
    query = (
        select(MovedRecord)
        .where(
            MovedRecord.tenant_id == move.tenant_id,
            MovedRecord.move_id == move.id,
            MovedRecord.outcome.in_(("moved", "kept")),
        )
        .order_by(MovedRecord.id)
        .limit(most)
    )
    if move.cursor is not None:
        query = query.where(MovedRecord.id > move.cursor)
    rows = session.scalars(query).all()
    lock_families(session, move.tenant_id, [row.record_id for row in rows])
    sides = open_sides(session, installation, move)
    for row in rows:
        undo_record(session, sides, move, row, _actor(move))
        move.undone += row.outcome == "undone"
        move.cursor = row.id
    if len(rows) < most:
        _finish(session, move, MoveStatus.UNDONE)


def _finish(session: AnySession, move: RecordMove, status: MoveStatus) -> None:
    move.status, move.finished_at, move.problem = status.value, now(), None
    record_audit(
        session,
        f"records.move-{status.value}",
        subject_type="record_move",
        subject_id=move.id,
        after={"moved": move.moved, "refused": move.refused, "undone": move.undone},
    )


def _chosen(move: RecordMove) -> Select[UUID]:
    query = select(Record.id).where(
        Record.tenant_id == move.tenant_id,
        Record.installation_id == move.installation_id,
        Record.record_type == move.record_type,
        Record.definition_digest == move.from_digest,
        Record.state.in_(move.selection["states"]),
    )
    if move.selection["ids"]:
        query = query.where(Record.id.in_([UUID(one) for one in move.selection["ids"]]))
    return query


def _count(session: AnySession, move: RecordMove) -> int:
    return session.scalar(select(func.count()).select_from(_chosen(move).subquery())) or 0


def _actor(move: RecordMove) -> Actor:
    if move.account_id is None:
        return SYSTEM
    return Actor(kind="member", account_id=move.account_id, name=move.actor_name, roles=frozenset({"tenant_admin"}))


def _steps_of(move: RecordMove) -> str:
    return f"move:{move.id}:"
