"""Pages and messages of an app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_catalog.definitions.model.charts import Chart
from app_catalog.definitions.model.texts import Text

PageKind = Literal["form", "list", "site", "map", "board", "calendar", "dashboard", "track", "tile"]
Channel = Literal["email", "sms"]
MANY_STEPS = 4
"""From so many steps on a form is asked for page by page, unless its author says otherwise."""


@dataclass(frozen=True, slots=True)
class FormStep:
    """One step of a form: a heading and the ids of its fields."""

    id: str
    label: Text
    fields: tuple[str, ...]
    order: int = 0
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a list's order."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an app; ``audience`` are the roles it is for (``public`` includes visitors without an
    account).

    form: ``steps``, ``done`` (shown after sending), each step a page of its own (``in_pages``) or not.
    list: ``columns filters sort group_by``. site: the same without groups, each record told whole, as an
    article. map: ``filters popup``. board: cards of ``columns`` below the states, or the options of
    ``group_by``. calendar: each record on the day of its ``date``. dashboard: ``charts``. track: ``fields``
    that a tracking code shows. tile: ``text`` and ``opens`` (a page id) for the portal. Field ids may also
    be built-in attributes (``number``, ``state``, ``due`` and so on). ``downloads`` are settings of type
    files whose files the page gives.
    """

    id: str
    kind: PageKind
    title: Text
    audience: tuple[str, ...]
    record: str | None = None
    order: int = 0
    text: Text | None = None
    steps: Mapping[str, FormStep] = field(default_factory=dict)
    done: Text | None = None
    paged: bool | None = None
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    sort: tuple[SortKey, ...] = ()
    group_by: str | None = None
    popup: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    opens: str | None = None
    date: str | None = None
    charts: Mapping[str, Chart] = field(default_factory=dict)
    downloads: tuple[str, ...] = ()

    @property
    def in_pages(self) -> bool:
        """Whether a form shows one step at a time: as its author says, else from four steps on (ADR 50)."""
        return len(self.steps) >= MANY_STEPS if self.paged is None else self.paged


@dataclass(frozen=True, slots=True)
class ChannelText:
    """The Liquid sources of a message for one channel, by language; ``subject`` for e-mail only."""

    body: Text
    subject: Text | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A notification; render with ``liquid_texts.render_message``."""

    id: str
    channels: Mapping[Channel, ChannelText]
