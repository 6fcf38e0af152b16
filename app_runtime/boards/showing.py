"""A board as one reader sees it: columns, their newest cards, and how many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import defer

from app_catalog.definitions.model import Tone
from app_runtime.boards.moves import Move, moves_of
from app_runtime.pages.browsing import Row, row_of
from app_runtime.pages.filters import Filter, Query, chosen_values, page_filters
from app_runtime.pages.opening import OpenPage
from app_runtime.records.former import list_former_options
from app_runtime.records.listing import list_matching, ordered_matching, present_rows, rare_filters
from app_runtime.records.models import Record
from app_runtime.records.options import field_options
from app_runtime.records.paging import ordered
from lumbung.i18n import pick, show_number
from lumbung.ids import new_id

CARDS = 25
"""The most cards of one column; the list has the others."""
COUNTED = 1_000
"""Up to here a column's records are counted."""
Rare = Collection[str]
"""The filters of a column that few records pass."""


@dataclass(frozen=True, slots=True)
class Card:
    """One record on the board, and where it may be moved; `key` makes a move that is sent twice happen once."""

    row: Row
    moves: Sequence[Move]
    key: str


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column: its state or option, how many records it has in words, and its first cards."""

    id: str
    label: str
    tone: str
    count: str
    cards: Sequence[Card]
    more: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What a board shows; `query` keeps the chosen filters in addresses."""

    filters: Sequence[Filter]
    filtered: bool
    columns: Sequence[BoardColumn]
    query: str

    @property
    def movable(self) -> bool:
        """Whether any card can be moved by this reader."""
        return any(card.moves for column in self.columns for card in column.cards)


def browse_board(opened: OpenPage, query: Query) -> Board:
    """The board with the filters of `query`."""
    group = opened.page.group_by or "state"
    filters = [one for one in page_filters(opened, query) if one.name != group]
    chosen = chosen_values(filters)
    heads = _heads(opened, group)
    asked = {head: {**chosen, group: head} for head, _, _ in heads}
    # Counting goes by no order, and may go by what the cards go by.
    of_each = rare_filters(opened.app, opened.record_type.id, [*asked.values()], opened.page.sort)
    rare = dict(zip(asked, of_each, strict=True))
    counts = _counts(opened, asked, rare)
    tops = _tops(opened, asked, rare)
    cards = _cards(opened, [record_id for ids in tops.values() for record_id in ids[:CARDS]])
    columns = [
        BoardColumn(
            id=head,
            label=label,
            tone=tone,
            count=f"{show_number(COUNTED)}+" if counts.get(head, 0) > COUNTED else show_number(counts.get(head, 0)),
            cards=[cards[record_id] for record_id in tops.get(head, ())[:CARDS] if record_id in cards],
            more=len(tops.get(head, ())) > CARDS,
        )
        for head, label, tone in heads
    ]
    return Board(filters, bool(chosen), columns, f"?{urlencode(chosen)}" if chosen else "")


def _heads(opened: OpenPage, group: str) -> list[tuple[str, str, Tone]]:
    kind = opened.record_type
    if group == "state":
        states = kind.workflow.states.values() if kind.workflow else ()
        heads: list[tuple[str, str, Tone]] = [(state.id, pick(state.label), state.tone) for state in states]
    else:
        heads = [(one.id, one.label, "grey") for one in field_options(opened.app, kind.fields[group])]
    former = list_former_options(opened.app, opened.reader, kind, group)
    return [*heads, *((option, label, "grey") for option, label in former)]


def _counts(opened: OpenPage, asked: Mapping[str, Mapping[str, Any]], rare: Mapping[str, Rare]) -> dict[str, int]:
    app, sort, parts = opened.app, opened.page.sort, []
    for head, filters in asked.items():
        query = list_matching(app, opened.record_type.id, opened.reader, filters, sort=sort, rare=rare[head])
        few = query.with_only_columns(literal(1).label("one")).limit(COUNTED + 1).subquery()
        parts.append(select(literal(head).label("head"), func.count().label("number")).select_from(few))
    rows = app.session.execute(union_all(*parts)).all() if parts else []
    return {head: number for head, number in rows}  # noqa: C416 - rows are no pairs to mypy.


def _tops(opened: OpenPage, asked: Mapping[str, Mapping[str, Any]], rare: Mapping[str, Rare]) -> dict[str, list[UUID]]:
    """The ids of the first records of each column: one statement, of which every part stops early."""
    app, sort = opened.app, opened.page.sort
    parts = []
    for head, filters in asked.items():
        query, keys = ordered_matching(app, opened.record_type.id, opened.reader, filters, sort=sort, rare=rare[head])
        first = query.with_only_columns(Record.id.label("id")).order_by(*ordered(keys)).limit(CARDS + 1).subquery()
        parts.append(select(literal(head).label("head"), first.c.id, func.row_number().over().label("place")))
    if not parts:
        return {}
    found: dict[str, list[UUID]] = {}
    rows = opened.app.session.execute(union_all(*parts)).all()
    for head, record_id, _ in sorted(rows, key=lambda row: row[2]):
        found.setdefault(head, []).append(record_id)
    return found


def _cards(opened: OpenPage, ids: Sequence[UUID]) -> dict[UUID, Card]:
    app, reader = opened.app, opened.reader
    stored = app.session.scalars(
        select(Record)
        .options(defer(Record.search_text), defer(Record.search))
        .where(Record.tenant_id == app.installation.tenant_id, Record.id.in_(ids))
    ).all()
    definitions = {one.digest: one for one in app.definitions}
    shown = present_rows(app, stored, reader, columns=opened.page.columns)
    return {
        record.id: Card(
            row_of(opened, presented, opened.page.columns),
            moves_of(definitions[record.definition_digest], record, reader, slug=opened.slug)
            if reader.is_member and record.definition_digest in definitions
            else (),
            str(new_id()),
        )
        for record, presented in zip(stored, shown, strict=True)
    }
