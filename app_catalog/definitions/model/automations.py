"""What happens by itself: messages, actions, values, new records, calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app_catalog.definitions.model.documents import MakeDocument
from app_catalog.definitions.model.values import Event, Expression


@dataclass(frozen=True, slots=True)
class Send:
    """Send message ``message`` to each of ``to``: a role, ``agency``, ``assignee``, or a field with an
    address.
    """

    message: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """Take action ``action``, answering its asks by ``values``."""

    action: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetFields:
    """Set fields of the record."""

    values: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class CreateRecord:
    """Make a record of type ``record`` of the same app, filled in by ``values``; a child where the type is one."""

    record: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """Send ``values`` as signed JSON to the address in the secret setting ``address``, signed by the one in ``key``."""

    address: str
    key: str
    values: Mapping[str, Expression] = field(default_factory=dict)


Effect = Send | Act | SetFields | CreateRecord | Call | MakeDocument


@dataclass(frozen=True, slots=True)
class Automation:
    """What happens by itself on any of ``on`` when ``when`` holds; in the order written.

    Only in ``states`` when any are named; a schedule without them is for open records. With ``for_each`` (a kind of
    children) the effect is on each of these, while ``when`` and values are worked out over the parent.
    """

    id: str
    on: tuple[Event, ...]
    effect: Effect
    when: Expression | None = None
    order: int = 0
    states: tuple[str, ...] = ()
    for_each: str | None = None
