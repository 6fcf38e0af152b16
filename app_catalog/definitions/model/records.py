"""Record types: fields, access, workflow, clocks, automations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_catalog.definitions.model.automations import Automation
from app_catalog.definitions.model.children import Children, FanOut
from app_catalog.definitions.model.fields import Ask, Field
from app_catalog.definitions.model.holding import Holding
from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Duration, Event, Expression

RowScope = Literal["own", "agency", "shared", "published", "all"]
Tone = Literal["grey", "blue", "amber", "green", "red"]

BUILTIN_ATTRIBUTES = (
    "id",
    "number",
    "state",
    "agency",
    "assignee",
    "created_at",
    "created_by",
    "closed_at",
    "due",
    "open",
    "overdue",
    "checked",
    "published",
)
"""What every record has beside its fields, in access lists, pages, messages and expressions."""

BUILTIN_ROLES = ("public", "resident", "official", "agency_head", "tenant_admin")
"""Roles that every municipality has beside an app's own."""


@dataclass(frozen=True, slots=True)
class NumberSpec:
    """How records are numbered: ``pattern`` (see ``numbers``), and within what (``per``) the sequence
    restarts. With ``on`` it is given when that action is taken, else when the record is made.
    """

    pattern: str
    per: tuple[str, ...] = ()
    on: str | None = None
    id: str = "number"
    label: Text | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class CreateAccess:
    """Who may create; ``fields`` None means every field, ``when`` an extra condition."""

    fields: tuple[str, ...] | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class ReadAccess:
    """Which rows (any of ``rows``) and which fields and built-in attributes (None: all) a role reads."""

    rows: tuple[RowScope, ...]
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class UpdateAccess:
    """Which fields (None: all) a role changes, in which states (None: any) and under which condition.

    The rows are those that the role reads.
    """

    fields: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What one role may do with records of a type; None means it may not. Actions are allowed by their own
    ``by``.
    """

    create: CreateAccess | None = None
    read: ReadAccess | None = None
    update: UpdateAccess | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A state of the workflow; ``end`` is None while the record is open."""

    id: str
    label: Text
    order: int = 0
    tone: Tone = "grey"
    end: Literal["success", "other"] | None = None
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something a role does to a record. ``to`` None leaves the state; ``by`` empty is for clocks and
    automations.

    ``within`` limits how long after the record was closed the action is possible. ``sets`` are computed
    after the asks. Who took one of ``not_by`` on the record may not take this one: four eyes.
    """

    id: str
    label: Text
    order: int = 0
    help: Text | None = None
    from_states: tuple[str, ...] = ()
    to: str | None = None
    by: tuple[str, ...] = ()
    asks: Mapping[str, Ask] = field(default_factory=dict)
    when: Expression | None = None
    within: Expression | None = None
    sets: Mapping[str, Expression] = field(default_factory=dict)
    not_by: tuple[str, ...] = ()
    fan_out: FanOut | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and actions in their order; records start in ``start``."""

    start: str
    states: Mapping[str, State]
    actions: Mapping[str, Action]

    @property
    def open_states(self) -> tuple[str, ...]:
        """Ids of the states in which a record is open."""
        return tuple(state.id for state in self.states.values() if state.end is None)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of an escalation: who is told (a role or recipient) how long after the breach; lowest
    first.
    """

    id: str
    after: Duration
    to: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline on a record.

    ``within`` gives the span as ISO text. ``time`` is ``wall`` or ``working``; a span in working days
    always counts by the calendar. ``warn_at`` is a percentage of the span. Paused while the record is in
    one of ``paused_in``. At its end the platform takes action ``then``; without ``met_by`` too it is a timer: its end
    is no fault, and it runs on in a closed record as long as ``then`` is possible there.
    """

    id: str
    label: Text
    within: Expression
    starts: tuple[Event, ...]
    met_by: tuple[str, ...]
    order: int = 0
    time: Literal["wall", "working"] = "wall"
    paused_in: tuple[str, ...] = ()
    warn_at: int | None = None
    escalate: Mapping[str, Rung] = field(default_factory=dict)
    then: str | None = None

    @property
    def is_timer(self) -> bool:
        """Whether nothing can meet the clock: it counts down to its ``then``."""
        return self.then is not None and not self.met_by


@dataclass(frozen=True, slots=True)
class Duplicates:
    """When a new record hints at an old one: within ``within`` metres, same fields, at most ``days`` old. With ``join``
    others may say "me too" on a public one instead of reporting it again.

    ``into`` is the field in which a record names the one that it is merged into: who joined it follows that one from
    then on, with ``with_reporter`` whoever made it as well.
    """

    within: int
    same: tuple[str, ...] = ()
    open_only: bool = True
    days: int | None = None
    join: bool = False
    into: str | None = None
    with_reporter: bool = False


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """When whoever made a record is asked how satisfied they are: after it enters one of ``ask_on``, all of them ends;
    from 1 to ``scale``, with words of their own where ``reasons`` says so.
    """

    ask_on: tuple[str, ...]
    scale: int = 5
    reasons: bool = False


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type of record of an app. ``title``, ``agency`` and ``published`` are expressions over one record.

    Without ``agency`` a record has none until someone assigns; without ``published`` nothing is public.
    ``numbers`` are all numbers of a record in order, of which ``number`` is the first.
    ``computed`` names the fields that nobody fills in, each after those that it is made of.
    """

    id: str
    name: Text
    title: Expression
    fields: Mapping[str, Field]
    access: Mapping[str, Access]
    number: NumberSpec | None = None
    numbers: Mapping[str, NumberSpec] = field(default_factory=dict)
    agency: Expression | None = None
    published: Expression | None = None
    computed: tuple[str, ...] = ()
    workflow: Workflow | None = None
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    duplicates: Duplicates | None = None
    satisfaction: Satisfaction | None = None
    automations: Mapping[str, Automation] = field(default_factory=dict)
    holding: Holding | None = None
    children: Mapping[str, Children] = field(default_factory=dict)
