"""Holds what must be true over many records, also while many write at once.

Whoever joins a group locks it first and then looks: everybody who could break the same rule waits for the other's
transaction. Locks are rows of `counters`, all of a change taken in one order, after the record itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model.holding import Capacity, Unique
from app_runtime.holding.errors import already_there, no_place_left, would_break
from app_runtime.holding.keys import rows_of
from app_runtime.holding.models import RecordKey
from app_runtime.holding.rules import Circle, KeyRule, rules_for
from app_runtime.indexing.entries import keep_entries, keep_entries_again
from app_runtime.records.change import Change, open_change
from app_runtime.records.models import Counter, Record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.i18n import Text
from lumbung.ids import new_id

Rows = dict[str, tuple[str, Decimal | None]]


def hold(change: Change) -> None:
    """Let a changed (stored) record take its places and count in its figures, or refuse the change.

    Raises Conflict with `because` `duplicate`, `capacity` or `invariant`; the transaction has to be rolled back then. A
    record type that holds nothing costs nothing. What the record is looked up by is brought up to date with it.
    """
    keep_entries(change)
    rules = rules_for(change.app.definition, change.record.record_type)
    if not rules.weigh:
        return
    change.session.flush()
    before = _stored(change)
    after = rows_of(change.app, change.record, rules.keys)
    joined = {name: row for name, row in after.items() if before.get(name) != row}
    circles = [circle for circle in rules.circles if _touches(change, circle, before, after)]
    _lock(change, joined, [(circle, group) for circle in circles for group in _groups(change, circle, before, after)])
    _store(change, before, after)
    for unique in rules.unique:
        _check_unique(change, unique, joined)
    for capacity in rules.capacity:
        _check_capacity(change, capacity, joined)
    for circle in circles:
        _check_circle(change, circle, before, after)


def holds_anything(change: Change) -> bool:
    """Whether the change of such a record can be refused because of others."""
    return rules_for(change.app.definition, change.record.record_type).weigh


def count_again(change: Change) -> None:
    """Write the groups of a record that came or moved as a whole: it counts from now on, and nothing is refused."""
    keep_entries_again(change)
    rules = rules_for(change.app.definition, change.record.record_type)
    before = _stored(change) if change.record.version > 0 else {}
    after = rows_of(change.app, change.record, rules.keys)
    if before or after:
        change.session.flush()
        _store(change, before, after)


def rows_of_many(app: RunningApp, records: Sequence[Record]) -> list[dict[str, object]]:
    """The rows of new records of one app, for one statement."""
    return [
        _row(record, name, *row)
        for record in records
        for name, row in rows_of(app, record, rules_for(app.definition, record.record_type).keys).items()
    ]


def _stored(change: Change) -> Rows:
    rows = change.session.execute(
        select(RecordKey.rule, RecordKey.key, RecordKey.amount).where(
            RecordKey.tenant_id == change.record.tenant_id, RecordKey.record_id == change.record.id
        )
    )
    return {rule: (key, amount) for rule, key, amount in rows}


def _row(record: Record, rule: str, key: str, amount: Decimal | None) -> dict[str, object]:
    return {
        "tenant_id": record.tenant_id,
        "id": new_id(),
        "installation_id": record.installation_id,
        "record_id": record.id,
        "rule": rule,
        "key": key,
        "amount": amount,
        "made_at": record.created_at,
        "created_at": now(),
    }


def _store(change: Change, before: Rows, after: Rows) -> None:
    stale = [name for name, row in before.items() if after.get(name) != row]
    fresh = [_row(change.record, name, *row) for name, row in after.items() if before.get(name) != row]
    if stale:
        change.session.execute(
            delete(RecordKey).where(
                RecordKey.tenant_id == change.record.tenant_id,
                RecordKey.record_id == change.record.id,
                RecordKey.rule.in_(stale),
            )
        )
    if fresh:
        change.session.execute(insert(RecordKey).values(fresh))


def _lock(change: Change, joined: Rows, circles: Sequence[tuple[Circle, str]]) -> None:
    installation = change.record.installation_id
    held = [f"{name}:{key}" for name, (key, _) in joined.items() if name.startswith(("unique.", "capacity."))]
    held += [f"invariants.{circle.owner}:{group}" for circle, group in circles]
    # Everybody locks in this order, so that two never wait for each other.
    names = sorted({f"hold:{installation}:{name}" for name in held})
    if not names:
        return
    rows = [
        {"tenant_id": change.record.tenant_id, "id": new_id(), "name": name, "value": 1, "created_at": now()}
        for name in names
    ]
    first = insert(Counter).values(rows)
    change.session.execute(
        first.on_conflict_do_update(index_elements=["tenant_id", "name"], set_={"value": Counter.value + 1})
    )


def _members(change: Change, rule: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        RecordKey.tenant_id == change.record.tenant_id,
        RecordKey.installation_id == change.record.installation_id,
        RecordKey.rule == rule,
        RecordKey.key == key,
        RecordKey.record_id != change.record.id,
    )


def _others(change: Change, rule: str, key: str) -> int:
    query = select(func.count()).select_from(RecordKey)
    return change.session.scalar(query.where(*_members(change, rule, key))) or 0


def _check_unique(change: Change, unique: Unique, joined: Rows) -> None:
    name = f"unique.{unique.id}"
    if name in joined and _others(change, name, joined[name][0]):
        raise already_there([_label(change, part) for part in unique.parts])


def _check_capacity(change: Change, capacity: Capacity, joined: Rows) -> None:
    name = f"capacity.{capacity.id}"
    if name not in joined:
        return
    highest = change.evaluate(capacity.max, rule=f"{name}.max")
    # A number of places that cannot be told is none.
    if highest.error is not None or _others(change, name, joined[name][0]) >= highest.value:
        raise no_place_left(capacity.message)


def _touches(change: Change, circle: Circle, before: Rows, after: Rows) -> bool:
    return circle.owner == change.record.record_type or any(_moved(change, circle, before, after).values())


def _moved(change: Change, circle: Circle, before: Rows, after: Rows) -> dict[tuple[str, ...], set[str]]:
    """The groups in which a figure may have become another by this change, by what they are grouped by."""
    found: dict[tuple[str, ...], set[str]] = {}
    for figure in circle.over(change.record.record_type):
        rows = [before.get(figure.rule), after.get(figure.rule)]
        if figure.looks_up or rows[0] != rows[1]:
            found.setdefault(figure.same, set()).update(row[0] for row in rows if row is not None)
    return found


def _groups(change: Change, circle: Circle, before: Rows, after: Rows) -> set[str]:
    """The locks of a circle: of the group that the record stands in, and of the one that it leaves."""
    if not circle.parts:
        return {"[]"} if circle.figures else set()
    found = set().union(*_moved(change, circle, before, after).values())
    if circle.owner == change.record.record_type:
        member = circle.members(circle.parts).name
        found |= {rows[member][0] for rows in (before, after) if member in rows}
    return found


def _check_circle(change: Change, circle: Circle, before: Rows, after: Rows) -> None:
    own = circle.owner == change.record.record_type
    if own:
        _check_record(change, circle)
    for same, groups in _moved(change, circle, before, after).items():
        members = circle.members(same)
        answered = {after[members.name][0]} if own and circle.alike and members.name in after else set()
        for group in sorted(groups - answered):
            _check_members(change, circle, members, group)


def _check_members(change: Change, circle: Circle, members: KeyRule, group: str) -> None:
    """The owner's records of a group; where they all come to the same, the newest answers for all."""
    query = (
        select(Record)
        .join(RecordKey, (RecordKey.tenant_id == Record.tenant_id) & (RecordKey.record_id == Record.id))
        .where(Record.tenant_id == change.record.tenant_id, *_members(change, members.name, group))
        .order_by(RecordKey.made_at.desc(), RecordKey.record_id)
        .execution_options(populate_existing=True)
    )
    for record in change.session.scalars(query.limit(1) if circle.alike else query).all():
        app = change.app
        if record.definition_digest != app.definition.digest:
            app = running_app(change.session, app.installation, digest=record.definition_digest)
        _check_record(replace(open_change(app, record, change.actor), looking=True), circle)


def _check_record(change: Change, circle: Circle) -> None:
    for invariant in circle.invariants:
        if not change.evaluate(invariant.check, rule=f"invariants.{invariant.id}").holds:
            raise would_break(invariant.message)


def _label(change: Change, part: str) -> dict[str, str]:
    field = change.record_type.fields.get(part)
    if field is not None:
        return dict(field.label)
    words = _WORDS.get(part)
    return {"id": words.id, "en": words.en} if words else {"id": part, "en": part}


_WORDS = {
    "agency": Text("dinas", "agency"),
    "assignee": Text("petugas", "officer"),
    "state": Text("keadaan", "state"),
    "created_by": Text("pembuat", "maker"),
    "year": Text("tahun", "year"),
    "month": Text("bulan", "month"),
    "day": Text("hari", "day"),
}
