"""An app as it runs in one municipality: installation, pinned definition, settings, agencies, calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from app_catalog.definitions.expressions import Evaluator, Known, Outcome, Scope, evaluator_for
from app_catalog.definitions.model import Definition, Expression, RecordType
from app_catalog.installations.definitions import definition_by_digest, definitions_in_use
from app_catalog.installations.effective import installed_settings
from app_catalog.installations.indexes import ready_indexes
from app_catalog.installations.models import Installation
from app_catalog.installations.services import get_installation
from app_runtime.checklists.expanding import with_items
from app_runtime.records.actors import Actor
from app_runtime.records.agency_tree import AgencyTree, load_agencies
from app_runtime.records.models import Record
from app_runtime.records.municipal import session_municipality
from app_runtime.records.named import NamedRecords
from app_runtime.records.people import People, load_people
from app_runtime.records.pinned import Kinds, kinds_of
from app_runtime.records.rule_errors import tell_rule_error
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from tenants.calendars.services import load_calendar
from tenants.calendars.working_time import WorkingCalendar
from tenants.municipalities.models import Municipality
from tenants.regions.areas import Areas, areas_of


@dataclass
class RunningApp:
    """One app in the session's municipality, read once and used for one piece of work."""

    session: AnySession
    installation: Installation
    definition: Definition
    settings: Mapping[str, Any]
    _known: Known = field(default_factory=dict, repr=False)

    @cached_property
    def municipality(self) -> Municipality:
        """Whose app it is."""
        return session_municipality(self.session)

    @cached_property
    def agencies(self) -> AgencyTree:
        """The municipality's agencies."""
        return load_agencies(self.session)

    @cached_property
    def people(self) -> People:
        """Who works in the municipality, and who did."""
        return load_people(self.session)

    @cached_property
    def areas(self) -> Areas:
        """The municipality's districts and villages; none where its code is not a regency's or city's."""
        return areas_of(self.municipality.region_code)

    @cached_property
    def ready_indexes(self) -> frozenset[str]:
        """The names of the indexes over its fields that hold every record."""
        return ready_indexes(self.session, self.installation)

    @cached_property
    def named(self) -> NamedRecords:
        """The records that those of the app name."""
        return NamedRecords(self, app_of_record)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The municipality's working calendar."""
        return load_calendar(self.session, self.municipality)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The municipality's time zone."""
        return ZoneInfo(self.municipality.timezone)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """All definitions that its records may run on, the installed one first."""
        return tuple(with_items(one, self.settings) for one in definitions_in_use(self.session, self.installation))

    @property
    def evaluator(self) -> Evaluator:
        """Evaluates the definition's expressions."""
        return evaluator_for(self.definition)

    def record_type(self, record_type: str) -> RecordType:
        """The record type with this id. Raises NotFound when the definition has none."""
        found = self.definition.records.get(record_type)
        if found is None:
            raise NotFound
        return found

    def kinds(self, record_type: str) -> Kinds:
        """The record type by every definition that has it, for many records at once. Raises NotFound when none has."""
        found = kinds_of(self.definitions, record_type)
        if not found:
            raise NotFound
        return found

    def scope(
        self,
        values: Mapping[str, Any],
        *,
        actor: Actor | None = None,
        old: Mapping[str, Any] | None = None,
        at: datetime | None = None,
        event: Mapping[str, Any] | None = None,
    ) -> Scope:
        """What an expression sees at the instant `at` (now)."""
        moment = at or now()
        return Scope(
            now=moment,
            today=moment.astimezone(self.zone).date(),
            record=values,
            old=old or {},
            actor=self._actor_values(actor),
            settings=self.settings,
            event=event or {},
            refer=self._refer,
        )

    def evaluate(self, expression: Expression, scope: Scope, *, rule: str) -> Outcome:
        """The outcome of an expression; an error counts as false, and is logged under the name of the `rule`, once
        a minute.
        """
        outcome = self.evaluator.evaluate(expression, scope, self._known)
        if outcome.error is not None:
            tell_rule_error(str(self.installation.tenant_id), self.definition.id, rule, outcome.error)
        return outcome

    def _refer(self, record_id: str) -> Mapping[str, Any] | None:
        return self.named.values(record_id)

    def _actor_values(self, actor: Actor | None) -> dict[str, Any]:
        if actor is None:
            return {}
        return {
            "id": str(actor.account_id) if actor.account_id else None,
            "member": str(actor.membership_id) if actor.membership_id else None,
            "roles": sorted(actor.roles),
            "agency": self.agencies.key_of(actor.agency_id),
        }


def running_app(session: AnySession, installation: Installation, *, digest: str | None = None) -> RunningApp:
    """The app of an installation with its present definition, or with the one that `digest` pins.

    Raises NotFound when the municipality never ran that definition.
    """
    definition = definition_by_digest(session, digest or installation.definition_digest)
    settings = installed_settings(session, installation, definition)
    return RunningApp(session, installation, with_items(definition, settings), settings)


def app_of_record(session: AnySession, record: Record) -> RunningApp:
    """The app that a record belongs to, with the record's own definition (ADR 0003)."""
    return running_app(session, get_installation(session, record.installation_id), digest=record.definition_digest)
