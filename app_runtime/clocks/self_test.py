"""The self-test of an app's deadlines as its page shows it: per choice, what would fire when, and whom it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from app_catalog.definitions.model import RecordType
from app_catalog.installations.models import Installation
from app_runtime.clocks.preview import PreviewedMoment, clock_preview
from app_runtime.records.presenting import display_value
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, pick

_RECIPIENTS = {
    "agency_head": Text("Kepala dinas", "Head of the agency"),
    "tenant_admin": Text("Admin daerah", "Municipality administrator"),
    "agency": Text("Dinas", "Agency"),
    "official": Text("Petugas", "Officials"),
    "assignee": Text("Penanggung jawab", "Assignee"),
}


@dataclass(frozen=True, slots=True)
class RungTest:
    """One rung: when, who is meant, who would be told by name; nobody means that the next one is told at once."""

    at: datetime | None
    to: str
    names: tuple[str, ...]


@dataclass
class ClockTest:
    """One clock for one choice; `problem` says why it could not run."""

    label: str
    warned: datetime | None = None
    due: datetime | None = None
    rungs: list[RungTest] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceTest:
    """The clocks of a record made now with this choice (a category), and the agency that would own it."""

    kind: str
    label: str
    agency: str
    clocks: list[ClockTest]

    @property
    def unreached(self) -> bool:
        """Whether some rung would reach nobody."""
        return any(not rung.names for clock in self.clocks for rung in clock.rungs)


def self_test(session: AnySession, installation: Installation) -> list[ChoiceTest]:
    """What would fire when for a record made now, for each choice. Nothing is written and nobody is told."""
    app = running_app(session, installation)
    found = []
    moments = clock_preview(session, installation)
    for (type_id, option), group in groupby(moments, key=lambda one: (one.record_type, one.option)):
        kind = app.record_type(type_id)
        found.append(
            ChoiceTest(
                pick(kind.name), _label(app, kind, option), _agency(app, kind, option), _clocks(app, kind, group)
            )
        )
    return found


def _clocks(app: RunningApp, kind: RecordType, moments: Iterable[PreviewedMoment]) -> list[ClockTest]:
    clocks: dict[str, ClockTest] = {}
    for moment in moments:
        clock = clocks.setdefault(moment.clock, ClockTest(pick(kind.clocks[moment.clock].label)))
        if moment.problem:
            clock.problem = moment.problem
        elif moment.phase == "rung":
            clock.rungs.append(RungTest(moment.at, _recipient(app, moment.to), moment.reaches))
        elif moment.phase == "warned":
            clock.warned = moment.at
        else:
            clock.due = moment.at
    return list(clocks.values())


def _label(app: RunningApp, kind: RecordType, option: str) -> str:
    choice = next((spec for spec in kind.fields.values() if spec.type == "choice" and spec.options), None)
    return display_value(app, choice, option) if choice is not None and option else pick(kind.name)


def _agency(app: RunningApp, kind: RecordType, option: str) -> str:
    choice = next((spec for spec in kind.fields.values() if spec.type == "choice" and spec.options), None)
    if kind.agency is None or choice is None:
        return ""
    outcome = app.evaluate(kind.agency, app.scope({choice.id: option}), rule="agency")
    agency = app.agencies.find_open(str(outcome.value)) if outcome.value else None
    return agency.name if agency else ""


def _recipient(app: RunningApp, to: str) -> str:
    if to in _RECIPIENTS:
        return str(_RECIPIENTS[to])
    role = app.definition.roles.get(to)
    return pick(role.name) if role else to
