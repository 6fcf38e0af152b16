"""What reckoning the life of reports needs to know of a municipality, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Act, Clock, Event, RecordType, Send
from app_catalog.definitions.numbers import NumberPattern, parse_number_pattern
from app_catalog.installations.models import Installation
from app_runtime.notifications.recipients import resolve_recipients
from app_runtime.notifications.sending import shown_names
from app_runtime.records.actors import SYSTEM
from app_runtime.records.agency_tree import AgencyNode
from app_runtime.records.change import Change
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from tenants.people.models import Membership, RoleGrant

RECORD_TYPE = "report"


class NotThisApp(Exception):
    """The app is none whose reports can be reckoned in bulk; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who acts, as the history names them."""

    kind: str
    name: str = ""
    account_id: UUID | None = None
    membership_id: UUID | None = None


VISITOR = Player("visitor")
RESIDENT = Player("resident")
PLATFORM = Player("system", SYSTEM.name)


@dataclass
class Town:
    """A municipality with its app: who answers for what, who is told, how long each clock lasts."""

    app: RunningApp
    record_type: RecordType
    pattern: NumberPattern
    numbered_per: tuple[str, ...]
    categories: dict[str, AgencyNode]
    handlers: dict[UUID, Player]
    dispatcher: Player
    straight: bool
    publish: str
    spans: dict[tuple[str, str], str]
    sends: dict[Event, tuple[tuple[str, str], ...]]
    moments: dict[tuple[str, str, date], tuple[datetime, datetime | None]] = field(default_factory=dict)
    _reached: dict[tuple[str, UUID], list[str]] = field(default_factory=dict)

    @property
    def clocks(self) -> list[Clock]:
        """The clocks of the record type in order."""
        return list(self.record_type.clocks.values())

    def handler(self, agency_id: UUID) -> Player:
        """Who answers for the agency; an agency without officers answers by its name."""
        if agency_id not in self.handlers:
            agency = self.app.agencies.by_id[agency_id]
            self.handlers[agency_id] = Player("member", f"Petugas {agency.short_name}")
        return self.handlers[agency_id]

    def reached(self, to: str, agency_id: UUID) -> list[str]:
        """Whom a message to the agency, its head or the administrators reaches, as the history names them."""
        known = self._reached.get((to, agency_id))
        if known is None:
            record = Record(
                tenant_id=self.app.installation.tenant_id,
                record_type=RECORD_TYPE,
                agency_id=agency_id,
                data={},
                private={},
            )
            known = shown_names(resolve_recipients(Change(self.app, record, SYSTEM), to))
            self._reached[(to, agency_id)] = known
        return known


def read_town(session: AnySession, installation: Installation, *, at: datetime) -> Town:
    """The session's municipality with the app of `installation`, as it stands at the instant `at`.

    Raises NotThisApp for an app without reports that are forwarded, answered and fixed.
    """
    app = running_app(session, installation)
    kind = app.definition.records.get(RECORD_TYPE)
    actions = set(kind.workflow.actions) if kind is not None and kind.workflow is not None else set()
    if kind is None or kind.number is None or not {"assign", "respond", "ask", "reply", "fix", "reject"} <= actions:
        raise NotThisApp(f"{app.definition.id} has no reports that are forwarded, answered and fixed.")
    table = app.settings["categories"]
    categories = {
        category: agency
        for category, row in table.items()
        # A category with a notice instead of the form has no reports.
        if not row.get("stop") and (agency := app.agencies.find_open(str(row.get("agency")))) is not None
    }
    handlers, dispatcher = _officers(session, installation)
    return Town(
        app=app,
        record_type=kind,
        pattern=parse_number_pattern(kind.number.pattern),
        numbered_per=kind.number.per,
        categories=categories,
        handlers=handlers,
        dispatcher=dispatcher or Player("member", "Operator"),
        straight=bool(app.settings.get("straight_to_agency")),
        publish=str(app.settings.get("publish", "checked")),
        spans=_spans(app, kind, categories, at),
        sends=_sends(app, kind),
    )


def _officers(session: AnySession, installation: Installation) -> tuple[dict[UUID, Player], Player | None]:
    """The first officer of each agency by name, and the first dispatcher."""
    rows = session.execute(
        select(RoleGrant.role, Membership.agency_id, Membership.name, Membership.account_id, Membership.id)
        .join(Membership, (Membership.tenant_id == RoleGrant.tenant_id) & (Membership.id == RoleGrant.membership_id))
        .where(
            RoleGrant.tenant_id == installation.tenant_id,
            RoleGrant.app_id == installation.slug,
            RoleGrant.role.in_(("handler", "dispatcher")),
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.name, Membership.id)
    ).all()
    handlers: dict[UUID, Player] = {}
    dispatcher = None
    for role, agency_id, name, account_id, membership_id in rows:
        player = Player("member", name, account_id, membership_id)
        if role == "dispatcher":
            dispatcher = dispatcher or player
        elif agency_id is not None:
            handlers.setdefault(agency_id, player)
    return handlers, dispatcher


def _spans(
    app: RunningApp, kind: RecordType, categories: dict[str, AgencyNode], at: datetime
) -> dict[tuple[str, str], str]:
    """How long each clock lasts for each category."""
    return {
        (clock.id, category): str(
            app.evaluate(clock.within, app.scope({"category": category}, at=at), rule=f"clocks.{clock.id}.within").value
        )
        for clock in kind.clocks.values()
        for category in categories
    }


def _sends(app: RunningApp, kind: RecordType) -> dict[Event, tuple[tuple[str, str], ...]]:
    """The messages that follow from each event: their ids and whom they go to. Raises NotThisApp for automations whose
    conditions hang on more than settings."""
    found: dict[Event, list[tuple[str, str]]] = {}
    for automation in kind.automations.values():
        if isinstance(automation.effect, Act):
            continue
        if not isinstance(automation.effect, Send) or automation.when is not None:
            raise NotThisApp(f"{app.definition.id}: automation {automation.id} does more than tell somebody.")
        for event in automation.on:
            found.setdefault(event, []).extend((automation.effect.message, to) for to in automation.effect.to)
    return {event: tuple(messages) for event, messages in found.items()}
