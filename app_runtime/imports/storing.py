"""Drafts become records, many in one statement: with all that normal creating derives, and nothing that it sets off."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from app_catalog.definitions.model import Event, RecordType, Send
from app_runtime.clocks.running import clocks_follow
from app_runtime.holding.enforcing import rows_of_many
from app_runtime.holding.models import RecordKey
from app_runtime.imports.drafts import Draft
from app_runtime.imports.mapping import Mapping
from app_runtime.imports.models import Import
from app_runtime.imports.numbering import number_records
from app_runtime.imports.parents import join_families, share_with_joined
from app_runtime.indexing.entries import entries_of_many
from app_runtime.indexing.models import IndexEntry
from app_runtime.notifications.sending import send_message
from app_runtime.records.actors import Actor
from app_runtime.records.change import Change
from app_runtime.records.deriving import derive, search_text
from app_runtime.records.links import keep_links
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.rule_words import rule_words
from app_runtime.records.running_app import RunningApp
from app_runtime.records.tracking import LANGUAGE_KEY
from app_runtime.records.values import store_values
from lumbung.i18n import Text
from lumbung.ids import new_id

CREATED = Event("created")


@dataclass
class _Arrival(Change):
    """The change that brings a record in, which is not stored yet: rules that fail are noted on its line."""

    failed: list[str] = field(default_factory=list)

    def note_rule_error(self, rule: str, error: str | Text, **details: Any) -> None:
        """Remember which rule failed."""
        self.failed.append(rule)


_ALIKE = {"render_nulls": True}


@dataclass(frozen=True)
class Storing:
    """Stores the drafts of one import; `actor` is who started it and `at` the time of the import."""

    app: RunningApp
    kind: RecordType
    mapping: Mapping
    actor: Actor
    of: Import
    at: datetime

    def store(self, drafts: Sequence[Draft]) -> dict[int, UUID]:
        """Make a record of each draft; returns their ids by line. Clocks and messages only as the import says."""
        records = [self._record(draft) for draft in drafts]
        if not records:
            return {}
        parents = join_families(self.app, records, drafts)
        number_records(self.app, self.kind, records)
        for record in records:
            record.search_text = search_text(record, self.kind)
        history = [row for record, draft in zip(records, drafts, strict=True) for row in self._history(record, draft)]
        session = self.app.session
        session.flush()
        # Rows are sent together only while they fill the same columns, so what is empty is sent as NULL.
        session.execute(insert(Record), [_columns(record) for record in records], execution_options=_ALIKE)
        session.execute(insert(RecordHistory), history, execution_options=_ALIKE)
        if counted := rows_of_many(self.app, records):
            session.execute(insert(RecordKey), counted, execution_options=_ALIKE)
        if found := entries_of_many(self.app, records):
            session.execute(insert(IndexEntry), found, execution_options=_ALIKE)
        share_with_joined(self.app, parents)
        self._set_off([record.id for record in records if record.open])
        return {draft.line: record.id for record, draft in zip(records, drafts, strict=True)}

    def _record(self, draft: Draft) -> Record:
        assert draft.created_at is not None
        assert draft.updated_at is not None
        record = Record(
            tenant_id=self.app.installation.tenant_id,
            id=new_id(),
            installation_id=self.app.installation.id,
            definition_digest=self.app.definition.digest,
            record_type=self.kind.id,
            number=None,
            title="",
            state=draft.state,
            open=True,
            overdue=False,
            published=False,
            checked=self.mapping.checked,
            agency_assigned=False,
            data={},
            private={LANGUAGE_KEY: "id"},
            search_text="",
            created_by=None,
            parent_id=None,
            root_id=None,
            version=1 if draft.closed_at is None else 2,
            created_at=draft.created_at,
            updated_at=draft.updated_at,
            closed_at=draft.closed_at,
        )
        store_values(record, self.kind.fields, draft.values)
        for name, links in draft.links.items():
            keep_links(record, name, links)
        if draft.agency is not None:
            agency = self.app.agencies.find_open(draft.agency)
            record.agency_id, record.agency_assigned = (agency.id, True) if agency else (None, False)
        arrival = _Arrival(self.app, record, self.actor, draft.created_at)
        derive(arrival)
        for rule in dict.fromkeys(arrival.failed):
            words = rule_words(self.kind, rule)
            draft.warn("rule", rule={"id": words.id, "en": words.en})
        if self.kind.agency is not None and record.agency_id is None:
            draft.warn("no-agency")
        return record

    def _history(self, record: Record, draft: Draft) -> list[dict[str, Any]]:
        about: dict[str, Any] = {
            "imported_at": self.at.isoformat(),
            "import_id": str(self.of.id),
            "file": self.of.file_name,
            "line": draft.line,
            **({"source": draft.source} if draft.source else {}),
            **({"number": draft.number} if draft.number else {}),
        }
        workflow = self.kind.workflow
        start = workflow.start if workflow else ""
        closed = record.closed_at is not None
        rows = [self._row(record, 1, "", about, to_state=start if closed else record.state, at=record.created_at)]
        if record.closed_at is not None:
            rows.append(
                self._row(record, 2, "closed", {}, from_state=start, to_state=record.state, at=record.closed_at)
            )
        return rows

    def _row(
        self,
        record: Record,
        sequence: int,
        name: str,
        changes: Dict[str, Any],
        *,
        to_state: str,
        at: datetime,
        from_state: str | None = None,
    ) -> dict[str, Any]:
        return {
            "tenant_id": record.tenant_id,
            "id": new_id(),
            "record_id": record.id,
            "sequence": sequence,
            "kind": "imported",
            "name": name,
            "from_state": from_state,
            "to_state": to_state,
            "actor_kind": self.actor.kind,
            "actor_id": self.actor.account_id,
            "actor_name": self.actor.name,
            "changes": dict(changes),
            "public": True,
            "definition_digest": record.definition_digest,
            "created_at": at,
        }

    def _set_off(self, ids: Sequence[UUID]) -> None:
        """What was asked for on top, for open records alone: clocks from now on, messages that a new one would send."""
        if not ids or not (self.of.start_clocks or self.of.send_messages):
            return
        query = select(Record).where(Record.tenant_id == self.app.installation.tenant_id, Record.id.in_(ids))
        for record in self.app.session.scalars(query.order_by(Record.id)):
            change = Change(self.app, record, self.actor, self.at)
            if self.of.start_clocks:
                clocks_follow(change, [CREATED, *([Event("state", record.state)] if record.state else [])])
                derive(change)
            if self.of.send_messages:
                self._send(change)

    def _send(self, change: Change) -> None:
        for automation in self.kind.automations.values():
            if CREATED not in automation.on or not isinstance(automation.effect, Send):
                continue
            condition = automation.when
            if condition is None or change.evaluate(condition, rule=f"automations.{automation.id}.when").holds:
                for target in automation.effect.to:
                    send_message(change, automation.effect.message, target)


def _columns(record: Record) -> dict[str, Any]:
    """What was set on a record that no session knows; what was not set keeps its default."""
    return {name: value for name, value in vars(record).items() if not name.startswith("_")}
