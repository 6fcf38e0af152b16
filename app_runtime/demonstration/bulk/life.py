"""The life of one report, reckoned in memory: what the engine would have written, step by step.

The engine (`app_runtime.workflow`, `app_runtime.clocks`) needs some forty statements for a report, which is right for
one and too slow for a hundred thousand. Here the same rows come to be without a database, and a test holds both to each
other. Rows of the outbox and of the audit are left out: nothing of an invented past is to be sent, and nobody looked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app_catalog.definitions.model import Event
from app_runtime.demonstration.bulk.ticking import Ticking
from app_runtime.demonstration.bulk.town import PLATFORM, RESIDENT, VISITOR, Player, Town
from app_runtime.records.models import RecordClock
from lumbung.ids import new_id

UNMET = ("running", "warned", "breached")


@dataclass(slots=True)
class Noted:
    """A row of the history."""

    sequence: int
    kind: str
    name: str
    from_state: str | None
    to_state: str
    who: Player
    changes: dict[str, Any]
    public: bool
    at: datetime
    private: dict[str, Any] | None = None


@dataclass
class Life:
    """A report from its making on. Acts come in the order of time; each lets the clocks run up to it first."""

    town: Town
    category: str
    title: str
    description: str
    place: tuple[float, float]
    made_at: datetime
    reporter: dict[str, str] | None = None
    id: UUID = field(default_factory=new_id)
    state: str = "received"
    checked: bool = False
    assigned: bool = False
    hidden_at: datetime | None = None
    hidden_reason: str | None = None
    closed_at: datetime | None = None
    updated_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    history: list[Noted] = field(default_factory=list)
    clocks: list[RecordClock] = field(default_factory=list)
    pictures: dict[str, list[UUID]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ticking = Ticking(self)
        self.data = {
            "title": self.title,
            "description": self.description,
            "category": self.category,
            "place": [self.place[0], self.place[1]],
        }
        self.agency = self.town.categories[self.category]

    @property
    def open(self) -> bool:
        """Whether it has not come to an end."""
        return self.state not in ("fixed", "rejected")

    @property
    def published(self) -> bool:
        """Whether the public sees it, as the app's expression has it."""
        return self.town.publish == "at_once" or (self.town.publish == "checked" and self.checked)

    def create(self, photos: list[UUID] | None = None) -> None:
        """The resident sends the form."""
        if photos:
            self.pictures["photos"] = photos
            self.data["photos"] = [str(photo) for photo in photos]
        at = self.made_at
        self.note("created", at=at, who=VISITOR, public=True)
        self.ticking.begin(at)
        if self.town.straight:
            self._assign(PLATFORM, at)
        self._send(Event("created"), at, VISITOR)
        if self.town.straight:
            self._send(Event("action", "assign"), at, VISITOR)

    def check(self, at: datetime) -> None:
        """An official lets it be shown."""
        self.ticking.run_until(at)
        self.checked = True
        self.note("checked", at=at, who=self._officer(), changes={"published": self.published})

    def forward(self, at: datetime) -> None:
        """The dispatcher forwards it to the agency of its category."""
        self.ticking.run_until(at)
        self._assign(self.town.dispatcher, at)
        self._send(Event("action", "assign"), at, self.town.dispatcher)

    def answer(self, at: datetime, text: str) -> None:
        """The agency answers."""
        self._handle("respond", at, fields={"answer": text})

    def ask(self, at: datetime, question: str) -> None:
        """The agency asks the reporter."""
        self._handle("ask", at, to="waiting", answers={"question": question})

    def reply(self, at: datetime, text: str) -> None:
        """The reporter replies."""
        self.ticking.run_until(at)
        before, self.state = self.state, "assigned"
        self._act("reply", at, RESIDENT, before, {"fields": {}, "answers": {}}, private=text)

    def fix(self, at: datetime, photos: list[UUID] | None = None) -> None:
        """The agency says that it is fixed, with photos afterwards."""
        fields = {"after": [str(photo) for photo in photos]} if photos else {}
        if photos:
            self.pictures["after"] = photos
        self._handle("fix", at, to="fixed", fields=fields)

    def reject(self, at: datetime, reason: str) -> None:
        """It is not the municipality's."""
        self._handle("reject", at, to="rejected", fields={"reason": reason})

    def reopen(self, at: datetime) -> None:
        """The reporter says that it is not fixed."""
        self.ticking.run_until(at)
        before, self.state, self.closed_at = self.state, "received", None
        self._act("reopen", at, RESIDENT, before, {"fields": {}, "answers": {}})

    def hide(self, at: datetime, reason: str) -> None:
        """It is taken out of the public's sight."""
        self.ticking.run_until(at)
        self.hidden_at, self.hidden_reason = at, reason
        self.note("hidden", at=at, who=self._officer(), changes={"reason": reason})

    def note(
        self,
        kind: str,
        name: str = "",
        *,
        at: datetime,
        who: Player,
        changes: dict[str, Any] | None = None,
        from_state: str | None = None,
        public: bool = False,
        private: dict[str, Any] | None = None,
    ) -> None:
        """A row of the history."""
        row = Noted(len(self.history) + 1, kind, name, from_state, self.state, who, changes or {}, public, at, private)
        self.history.append(row)
        self.updated_at = at

    def happened(self, event: Event, at: datetime) -> None:
        """A clock says something: tell whom the app tells."""
        self._send(event, at, PLATFORM)

    def _officer(self) -> Player:
        return self.town.handler(self.agency.id) if self.town.straight else self.town.dispatcher

    def _assign(self, who: Player, at: datetime) -> None:
        before, self.state, self.assigned = self.state, "assigned", True
        key = self.agency.key
        changes = {"fields": {"agency": {"from": key, "to": key}}, "answers": {}}
        self.note("action", "assign", at=at, who=who, changes=changes, from_state=before, public=True)
        self.ticking.follow("assign", at)

    def _handle(
        self,
        action: str,
        at: datetime,
        *,
        to: str | None = None,
        fields: dict[str, Any] | None = None,
        answers: dict[str, Any] | None = None,
    ) -> None:
        self.ticking.run_until(at)
        before, self.state = self.state, to or self.state
        moved = {name: {"from": self.data.get(name), "to": value} for name, value in (fields or {}).items()}
        self.data.update(fields or {})
        if not self.open:
            self.closed_at = at
        self._act(action, at, self.town.handler(self.agency.id), before, {"fields": moved, "answers": answers or {}})

    def _act(
        self,
        action: str,
        at: datetime,
        who: Player,
        before: str,
        changes: dict[str, Any],
        *,
        private: str | None = None,
    ) -> None:
        self.note(
            "action",
            action,
            at=at,
            who=who,
            changes=changes,
            from_state=before,
            public=self.state != before or bool(changes["fields"]),
            private={"fields": {}, "answers": {action: private}} if private else None,
        )
        self.ticking.follow(action, at)
        self._send(Event("action", action), at, who)

    def _send(self, event: Event, at: datetime, who: Player) -> None:
        for message, to in self.town.sends.get(event, ()):
            reached = self._reporter() if to == "reporter" else self.town.reached(to, self.agency.id)
            self.note("message", message, at=at, who=who, changes={"to": to, "reached": reached})

    def _reporter(self) -> list[str]:
        # Citizens are named by the field that they were reached by.
        return ["field"] if self.reporter and self.reporter.get("email") else []
