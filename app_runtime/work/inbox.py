"""One inbox over all apps: what to act on, what is overdue, what waits for the reporter, what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, literal_column, not_, or_, select
from sqlalchemy.orm import defer

from app_catalog.definitions.model import RecordType
from app_catalog.installations.definitions import definition_by_digest, definitions_of_all
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.pages.filters import Filter
from app_runtime.records.actors import Actor
from app_runtime.records.listing import present_rows
from app_runtime.records.models import CLOSED_OR_MADE, DUE_OR_NEVER, Record
from app_runtime.records.paging import Key, after_cursor, encode_cursor, ordered
from app_runtime.records.passing import found_by
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import Kinds, by_own_kind, kinds_of
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import running_app
from app_runtime.work.deadlines import age_of, short_left, short_since
from app_runtime.work.narrowing import inbox_filters, narrowed
from app_runtime.work.reach import at_work
from app_runtime.work.turns import late, my_turn, waits_for_reporter
from lumbung.db.tenancy import AnySession, current_tenant

Tab = Literal["act", "late", "waiting", "done", "all"]
TABS: tuple[Tab, ...] = ("act", "late", "waiting", "done", "all")
PAGE = 25

MOST_COUNTED = 99
"""A tab says how many there are up to here, and beyond it "99+": counting them all would read them all."""

# What was missed was due before now, so this order puts it first, the longest overdue at the very top.
_BY_DEADLINE = (Key(literal_column(DUE_OR_NEVER, Record.due_at.type)), Key(Record.id))
_NEWEST_FIRST = (Key(Record.created_at, descending=True), Key(Record.id, descending=True))
_LAST_CLOSED = (
    Key(literal_column(CLOSED_OR_MADE, Record.created_at.type), descending=True),
    Key(Record.id, descending=True),
)
ORDERS: Mapping[str, tuple[Key, ...]] = {
    "newest": _NEWEST_FIRST,
    "oldest": (Key(Record.created_at), Key(Record.id)),
}
_ORDER: Mapping[Tab, tuple[Key, ...]] = {"done": _LAST_CLOSED, "all": _NEWEST_FIRST}


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One row: the record as this person may see it, the app's name, whether it is late now, and in words since when
    it is late or when it is due (empty without a deadline), and how long ago it was made."""

    record: PresentedRecord
    app_name: str
    late: bool
    due: str
    age: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox: rows, how many there are under each tab (at most one more than MOST_COUNTED), the apps to
    choose from, and where it goes on."""

    items: tuple[InboxItem, ...]
    counts: Mapping[Tab, int]
    apps: tuple[tuple[str, str], ...]
    next_cursor: str | None
    tab: Tab
    filters: tuple[Filter, ...]
    order: str
    works: bool
    """Whether this person has any action of their own in any app; an administrator often has none."""


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one type of one app that are this person's work, each by the definition that it runs on."""

    kinds: Kinds
    actor: Actor
    mine: ColumnElement[bool]
    enabled: bool

    def rows(self, also: Callable[[RecordType], ColumnElement[bool]] | None = None) -> ColumnElement[bool]:
        """The rows, or those of them for which something holds as well."""

        def readable(kind: RecordType) -> ColumnElement[bool]:
            rows = rows_predicate(kind, self.actor)
            return rows if also is None else and_(rows, also(kind))

        return and_(self.mine, by_own_kind(self.kinds, readable))


@dataclass(frozen=True, slots=True)
class Question:
    """What the inbox is asked for: a tab (None chooses one), an app, words, values of `filters` of that app, and an
    order (`newest`, `oldest`, or the tab's own)."""

    tab: Tab | None = None
    app_slug: str = ""
    search: str = ""
    order: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of an inbox as a statement with the keys of its order, and what else the page tells."""

    query: Select[Any]
    keys: Sequence[Key]
    counts: Mapping[Tab, int]
    tab: Tab
    works: bool
    filters: tuple[Filter, ...]
    installations: Mapping[UUID, Installation]


def list_work(
    session: AnySession,
    actor: Actor,
    *,
    tab: Tab | None = None,
    app_slug: str = "",
    search: str = "",
    cursor: str | None = None,
    at: datetime,
    order: str = "",
    filters: Mapping[str, str] | None = None,
) -> Inbox:
    """The inbox of somebody at work; `at` is the present instant.

    Without a `tab` it opens with what there is to do; for who has no action anywhere (a head, an administrator) with
    what is overdue, or with everything when nothing is. Raises BadRequest for a cursor that is none.
    """
    found = find_work(session, actor, Question(tab, app_slug, search, order, filters or {}), at=at)
    keys, query = found.keys, found.query
    if cursor:
        query = query.where(after_cursor(keys, cursor))
    query = query.add_columns(*(key.column for key in keys))
    rows = session.execute(query.order_by(*ordered(keys)).limit(PAGE + 1)).all()
    apps = found.installations
    names = {key: shown_name(one, definition_by_digest(session, one.definition_digest)) for key, one in apps.items()}
    return Inbox(
        items=tuple(present_items(session, [row[0] for row in rows[:PAGE]], actor, apps, names, at)),
        counts=found.counts,
        apps=tuple((one.slug, names[key]) for key, one in apps.items() if one.status == "enabled"),
        next_cursor=encode_cursor(rows[PAGE - 1][1:]) if len(rows) > PAGE else None,
        tab=found.tab,
        filters=found.filters,
        order=order if order in ORDERS else "",
        works=found.works,
    )


def find_work(session: AnySession, actor: Actor, asked: Question, *, at: datetime) -> Found:
    """What an inbox holds, before it is read."""
    installations = list_installations(session, with_disabled=True)
    chosen = [one for one in installations if not asked.app_slug or one.slug == asked.app_slug]
    parts = parts_of_work(session, actor, chosen)
    tabs = _tabs(parts, at)
    filters: list[Filter] = []
    reach = and_(Record.tenant_id == current_tenant(session), _found(parts, asked.search))
    if asked.app_slug and len(chosen) == 1:
        app, official = running_app(session, chosen[0]), at_work(actor.in_app(asked.app_slug))
        filters = inbox_filters(app, official, asked.filters)
        passing = narrowed(app, official, filters)
        if passing is not None:
            reach = and_(reach, or_(false(), *(part.rows(passing) for part in parts)))
    counted = session.execute(select(*(_count(and_(reach, tabs[name]), name) for name in TABS))).one()
    counts = dict(zip(TABS, counted, strict=True))
    works = any(_has_actions(part) for part in parts)
    tab = asked.tab or ("act" if works else "late" if counts["late"] else "all")
    return Found(
        select(Record).options(defer(Record.search_text), defer(Record.search)).where(reach, tabs[tab]),
        ORDERS.get(asked.order) or _ORDER.get(tab, _BY_DEADLINE),
        counts,
        tab,
        works,
        tuple(filters),
        {one.id: one for one in installations},
    )


def find_next(session: AnySession, actor: Actor, record_id: UUID, *, at: datetime) -> InboxItem | None:
    """What to do after the record: the one behind it in this person's first page of things to do, else the first of
    them; None when nothing else is left."""
    items = list_work(session, actor, tab="act", at=at).items
    ids = [item.record.id for item in items]
    after = ids.index(record_id) + 1 if record_id in ids else 0
    return next((item for item in (*items[after:], *items[:after]) if item.record.id != record_id), None)


def _count(matching: ColumnElement[bool], tab: Tab) -> ScalarSelect[int]:
    """How many match, as far as `MOST_COUNTED` and one; in the tab's order, so that its index serves."""
    some = select(Record.id).where(matching).order_by(*ordered(_ORDER.get(tab, _BY_DEADLINE))).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.subquery(tab)).scalar_subquery()


def parts_of_work(
    session: AnySession, actor: Actor, installations: Sequence[Installation], *, record_type: str = ""
) -> list[Part]:
    """What somebody works on in these apps, by record type; of one type alone where that is given."""
    parts = []
    used = definitions_of_all(session, installations)
    for one in installations:
        official = at_work(actor.in_app(one.slug))
        for name in dict.fromkeys(name for definition in used[one.id] for name in definition.records):
            if record_type and name != record_type:
                continue
            mine = and_(Record.installation_id == one.id, Record.record_type == name)
            parts.append(Part(kinds_of(used[one.id], name), official, mine, one.status == "enabled"))
    return parts


def _tabs(parts: Sequence[Part], at: datetime) -> dict[Tab, ColumnElement[bool]]:
    running = [part for part in parts if part.enabled]
    overdue = late(at)
    return {
        "act": or_(false(), *(part.rows(partial(my_turn, actor=part.actor, at=at)) for part in running)),
        "late": and_(Record.open, overdue, or_(false(), *(part.rows() for part in running))),
        "waiting": or_(false(), *(part.rows(waits_for_reporter) for part in running)),
        "done": and_(not_(Record.open), or_(false(), *(part.rows() for part in parts))),
        "all": or_(false(), *(part.rows() for part in parts)),
    }


def _found(parts: Sequence[Part], search: str) -> ColumnElement[bool]:
    """By number, and by title and words where this person sees every field that these are taken from."""
    wanted = search.strip()[:200]
    if not wanted:
        return or_(false(), *(part.rows() for part in parts))
    return or_(false(), *(part.rows(partial(found_by, actor=part.actor, search=wanted)) for part in parts))


def present_items(
    session: AnySession,
    records: Sequence[Record],
    actor: Actor,
    apps: Mapping[UUID, Installation],
    names: Mapping[UUID, str],
    at: datetime,
) -> list[InboxItem]:
    """Records as rows of an inbox, in their order; `names` are those of the apps by installation."""
    presented: dict[UUID, InboxItem] = {}
    by_app: dict[UUID, list[Record]] = {}
    for record in records:
        by_app.setdefault(record.installation_id, []).append(record)
    for installation_id, group in by_app.items():
        installation = apps[installation_id]
        app = running_app(session, installation)
        shown: Any = present_rows(app, group, at_work(actor.in_app(installation.slug)))
        zone = app.municipality.timezone
        for record, row in zip(group, shown, strict=True):
            presented[record.id] = _item(record, row, names[installation_id], zone, at)
    return [presented[record.id] for record in records]


def _item(record: Record, row: PresentedRecord, app_name: str, zone: str, at: datetime) -> InboxItem:
    is_late = record.open and (record.overdue or (record.due_at is not None and record.due_at <= at))
    due = ""
    if record.open and row.due_at is not None:
        due = short_since(row.due_at, zone, at) if is_late else short_left(row.due_at, zone, at)
    return InboxItem(row, app_name, is_late, due, age_of(record.created_at, at))


def _has_actions(part: Part) -> bool:
    flows = [kind.workflow for _, kind in part.kinds if kind.workflow]
    return part.enabled and any(part.actor.roles & set(action.by) for flow in flows for action in flow.actions.values())
