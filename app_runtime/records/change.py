"""One change of one record: who, when, what it was before, and what is to be noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.expressions import Outcome, Scope
from app_catalog.definitions.model import Event, Expression, FanOut, RecordType
from app_runtime.children.family import Count, Facts, lock_family
from app_runtime.holding.figures import Aggregates, Lookups
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record, RecordClock, RecordHistory, RecordHistoryPrivate
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import PresentValues, expression_values
from lumbung.db import Base, now
from lumbung.db.insertions import insertions, keep_stored
from lumbung.db.inside import run_later
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.outbox import schedule_wakeup, wakeup_of


@dataclass(frozen=True, slots=True)
class Opening:
    """A record that is to be made, or one for each unit of `fan_out`: by which rule, filled in how, by whom; `answers`
    are those to the asks of the action."""

    rule: str
    record: str
    values: Mapping[str, Expression]
    actor: Actor
    answers: Mapping[str, Any] = field(default_factory=dict)
    fan_out: FanOut | None = None


@dataclass
class Together:
    """What a change and all that follows from it have brought about: records opened, effects of automations."""

    opened: int = 0
    effects: int = 0


@dataclass
class Change:
    """A record that is locked (or new) and being changed by `actor` at the instant `at`.

    `old` are the record's values before the change; `clocks` all its clocks, kept up to date by `app_runtime.clocks`.
    With `looking` nothing is changed: somebody only asks what would be possible.
    """

    app: RunningApp
    record: Record
    actor: Actor
    at: datetime = field(default_factory=now)
    clocks: list[RecordClock] = field(default_factory=list)
    old: Mapping[str, Any] = field(default_factory=dict)
    looking: bool = False
    held: list[Base] | None = None
    """What is to be stored with a new record, until `store_new` stores all of it at once; None for a stored one."""
    wakings: list[tuple[str, datetime]] = field(default_factory=list)
    """Wake-ups that are noted with a new record."""
    opening: list[Opening] = field(default_factory=list)
    """Records that are to be made because of this change, until they are."""
    later: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    """Effects (kind, payload, key) that are noted once the record has settled, and is stored."""
    happened: list[Event] = field(default_factory=list)
    """What children told, until the record has settled."""
    counted: dict[str, Count] | None = None
    """How many children there are by record type, once somebody asked."""
    told: tuple[bool, UUID | None] | None = None
    """What a child told its parent last: whether it is open, and who has it."""
    parent: Change | None = None
    """The change of the parent that is under way and made this one."""
    depth: int = 0
    together: Together = field(default_factory=Together)
    """Shared with the changes of other records that follow from this one, so that they end."""
    entries: list[Any] = field(default_factory=list)
    """What the record is known to be looked up by (`app_runtime.indexing`): nothing yet, one set, or one None when it
    has to be read again. Shared by all who work on this change."""

    @property
    def session(self) -> AnySession:
        """The session that the change happens in."""
        return self.app.session

    @property
    def record_type(self) -> RecordType:
        """The record's type in its own definition."""
        return self.app.record_type(self.record.record_type)

    def values(self) -> dict[str, Any]:
        """The record's present values as expressions see them."""
        return expression_values(self.record, self.record_type, self.app.agencies, self.clocks)

    def scope(self, extra: Mapping[str, Any] | None = None) -> Scope:
        """What an expression sees now; `extra` values stand in for stored ones."""
        values: Mapping[str, Any] = PresentValues(self.record, self.record_type, self.app.agencies, self.clocks)
        if extra:
            values = {**values, **extra}
        scope = self.app.scope(values, actor=self.actor, old=self.old, at=self.at)
        if self.record_type.children:
            scope = replace(scope, children=Facts(self))
        if self.record_type.holding is None:
            return scope
        return replace(scope, aggregates=Aggregates(self.app, self.record), lookups=Lookups(self.app, self.record))

    def evaluate(self, expression: Expression, *, rule: str, extra: Mapping[str, Any] | None = None) -> Outcome:
        """The outcome of an expression over the record; an error counts as false and goes into the history.

        `extra` are values by names that only some expressions have, as `asks`.
        """
        scope = self.scope()
        outcome = self.app.evaluate(expression, replace(scope, **extra) if extra else scope, rule=rule)
        if outcome.error is not None and not self.looking:
            self.note_rule_error(rule, outcome.error)
        return outcome

    def note_refusal(self, rule: str, refusal: LumbungError) -> None:
        """Note in the history what stood in the way of something that was to happen by itself."""
        self.note_rule_error(rule, refusal.message, because=refusal.details.get("because"))

    def note_rule_error(self, rule: str, error: str | Text, **details: Any) -> None:
        """Note in the history that a rule failed, unless the same is there already: each change would repeat it. What
        people are told is a Text, kept in both languages."""
        told = {"error": str(error)[:500], **details}
        if isinstance(error, Text):
            told |= {"error": error.en[:500], "words": asdict(error)}
        if any(isinstance(row, RecordHistory) and (row.name, row.changes) == (rule, told) for row in self.held or ()):
            return
        same = select(RecordHistory.id).where(
            RecordHistory.tenant_id == self.record.tenant_id,
            RecordHistory.record_id == self.record.id,
            RecordHistory.kind == "rule_error",
            RecordHistory.name == rule,
            RecordHistory.changes == told,
        )
        if self.session.scalar(same.limit(1)) is None:
            self.note("rule_error", rule, told)

    def note(
        self,
        kind: str,
        name: str = "",
        changes: Mapping[str, Any] | None = None,
        *,
        private: Mapping[str, Any] | None = None,
        from_state: str | None = None,
        public: bool = False,
    ) -> RecordHistory:
        """Append a row to the record's history and raise the record's version to its sequence.

        `private` values go into the table that erasure may empty.
        """
        self.record.version += 1
        self.record.updated_at = now()
        if self.held is None:
            self.session.flush()
        row = RecordHistory(
            id=new_id(),
            tenant_id=self.record.tenant_id,
            record_id=self.record.id,
            sequence=self.record.version,
            kind=kind,
            name=name,
            from_state=from_state,
            to_state=self.record.state,
            actor_kind=self.actor.kind,
            actor_id=self.actor.account_id,
            actor_name=self.actor.name if self.actor.kind in ("member", "system") else "",
            changes=dict(changes or {}),
            public=public,
            definition_digest=self.record.definition_digest,
            created_at=self.at,
        )
        self.add(row)
        if self.held is None:
            self.session.flush()
        if private:
            self.add(RecordHistoryPrivate(tenant_id=self.record.tenant_id, history_id=row.id, values=dict(private)))
        return row

    def add(self, row: Base) -> None:
        """Store something that belongs to the record, with the record itself when that is new."""
        if self.held is None:
            self.session.add(row)
        else:
            self.held.append(row)

    def wake(self, kind: str, moment: datetime) -> None:
        """Have the handler of `kind` called at `moment`, once the change is committed."""
        if self.held is None:
            schedule_wakeup(self.session, kind, moment)
        else:
            self.wakings.append((kind, moment))

    def store_new(self) -> None:
        """Store the new record as it is by now, then all that belongs to it: few statements instead of one by one."""
        held, self.held = self.held or [], None
        # Rows of one kind side by side. The private part of a history row names it, so that it comes last.
        held.sort(key=lambda row: (isinstance(row, RecordHistoryPrivate), type(row).__name__))
        wakeups = [wakeup_of(self.session, kind, moment) for kind, moment in dict.fromkeys(self.wakings)]
        run_later(self.session, *insertions([self.record, *held]), *wakeups)
        keep_stored(self.session, self.record)


def open_change(app: RunningApp, record: Record, actor: Actor, *, at: datetime | None = None) -> Change:
    """A change of a stored record that the caller has locked."""
    clocks = select(RecordClock).where(RecordClock.tenant_id == record.tenant_id, RecordClock.record_id == record.id)
    change = Change(app, record, actor, at or now(), list(app.session.scalars(clocks.order_by(RecordClock.round))))
    change.old = change.values()
    change.told = (record.open, record.agency_id)
    return change


def lock_record(session: AnySession, record: Record) -> Record:
    """The record as it is now, locked until the transaction ends, and before it the first of its ancestors."""
    lock_family(session, record)
    return session.scalars(
        select(Record)
        .where(Record.tenant_id == record.tenant_id, Record.id == record.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
