"""Lists of records of one type: filtered, searched, sorted, page by page, only what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.orm import defer

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, SEVERAL, RecordType, SortKey
from app_catalog.installations.models import Installation
from app_runtime.records.actors import Actor
from app_runtime.records.attachments import files_of_records
from app_runtime.records.deriving import searched_fields
from app_runtime.records.models import Record
from app_runtime.records.paging import Key, PageOf, after_cursor, encode_cursor, ordered, page_size
from app_runtime.records.permissions import rows_predicate, title_fields
from app_runtime.records.pinned import Kinds, by_own_kind, same_clause
from app_runtime.records.presenting import PresentedRecord, present_record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import t

_NOTHING: Mapping[type, Any] = {bool: False, datetime: datetime(1970, 1, 1, tzinfo=UTC)}
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_DISTANT_PAST = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST_FIRST = (SortKey("created_at", descending=True),)


def list_records(
    session: AnySession,
    installation: Installation,
    actor: Actor,
    record_type: str,
    *,
    filters: Mapping[str, Any] | None = None,
    sort: Sequence[SortKey] | None = None,
    cursor: str | None = None,
    limit: int = 20,
    search: str = "",
    columns: Sequence[str] | None = None,
) -> PageOf[PresentedRecord]:
    """The records of a type that the actor may read, presented for this reader.

    `filters` are by field id or built-in attribute (one value or several); `sort` as a page declares it, the newest
    first without; `columns` narrows what is presented. Rows whose reader may not see what the list is filtered by are
    left out. Raises NotFound for an unknown type, Invalid for an unknown filter or sort, BadRequest for a cursor that
    is none.
    """
    app = running_app(session, installation)
    query = list_matching(app, record_type, actor, filters or {}, search, sort or ())
    keys = _keys(app.kinds(record_type), actor, sort or NEWEST_FIRST)
    if cursor:
        query = query.where(after_cursor(keys, cursor))
    size = page_size(limit)
    rows = session.execute(
        query.add_columns(*(key.column for key in keys)).order_by(*ordered(keys)).limit(size + 1)
    ).all()
    return PageOf(
        tuple(present_rows(app, [row[0] for row in rows[:size]], actor, columns=columns)),
        encode_cursor(rows[size - 1][1:]) if len(rows) > size else None,
    )


def count_records(
    session: AnySession,
    installation: Installation,
    actor: Actor,
    record_type: str,
    *,
    filters: Mapping[str, Any] | None = None,
    search: str = "",
) -> int:
    """How many records `list_records` would give over all pages."""
    app = running_app(session, installation)
    query = list_matching(app, record_type, actor, filters or {}, search)
    return session.scalar(query.with_only_columns(func.count()).order_by(None)) or 0


def present_rows(
    app: RunningApp, records: Sequence[Record], actor: Actor, *, columns: Sequence[str] | None = None
) -> list[PresentedRecord]:
    """Many records of one installation for one reader, each by its own definition."""
    apps = {app.definition.digest: app}
    files = files_of_records(app.session, records)
    presented = []
    for record in records:
        if record.definition_digest not in apps:
            apps[record.definition_digest] = running_app(app.session, app.installation, digest=record.definition_digest)
        pinned = apps[record.definition_digest]
        presented.append(present_record(pinned, record, actor, files=files[record.id], only=columns))
    return presented


def list_matching(
    app: RunningApp,
    record_type: str,
    actor: Actor,
    filters: Mapping[str, Any],
    search: str = "",
    sort: Sequence[SortKey] = (),
) -> Select[Any]:
    """The statement behind the lists: rows of this type that the actor may read and that match, each by the definition
    that it runs on. Raises NotFound for an unknown type, Invalid."""
    kinds = app.kinds(record_type)
    wanted = {name: value for name, value in filters.items() if value not in (None, "", [], ())}
    unknown = [name for name in (*wanted, *(key.field for key in sort)) if not _known(kinds, name)]
    if unknown:
        raise Invalid(
            fields={name: [t("Saringan ini tidak dikenal.", "This filter is not known.")] for name in unknown}
        )
    # Of one version alone, rows are left out of an order that would tell what they do not show.
    ordering = {key.field for key in sort if key.field not in _ALWAYS} if len(kinds) == 1 else set()
    needing = frozenset({*wanted, *ordering})

    def matching(kind: RecordType) -> ColumnElement[bool]:
        rows = rows_predicate(kind, actor, needing=needing)
        return and_(rows, *(_filter(app, kind, name, value) for name, value in wanted.items()))

    query = (
        select(Record)
        .options(defer(Record.search_text), defer(Record.search))
        .where(
            Record.tenant_id == app.installation.tenant_id,
            Record.installation_id == app.installation.id,
            Record.record_type == record_type,
            by_own_kind(kinds, matching),
        )
    )
    if search.strip():
        words = search.strip()[:200]
        query = query.where(by_own_kind(kinds, lambda kind: found_by(kind, actor, words)))
    return query


def order_of(app: RunningApp, record_type: str, actor: Actor, sort: Sequence[SortKey]) -> list[ColumnElement[Any]]:
    """What `list_records` sorts by, for other statements over the same rows: the newest first without a `sort`."""
    return ordered(_keys(app.kinds(record_type), actor, sort or NEWEST_FIRST))


# Nothing about these is told by an order that the page itself does not show.
_ALWAYS = ("created_at", "title")


def _known(kinds: Kinds, name: str) -> bool:
    return name in BUILTIN_ATTRIBUTES or name == "title" or any(name in kind.fields for _, kind in kinds)


def found_by(kind: RecordType, actor: Actor, search: str) -> ColumnElement[bool]:
    """Rows of this kind that a search finds: by words where the reader sees every field that words are taken from, else
    by the number and by a title that the reader sees."""
    by_words = and_(
        rows_predicate(kind, actor, needing=searched_fields(kind)),
        Record.search.op("@@")(func.websearch_to_tsquery(text("'indonesian'::regconfig"), search)),
    )
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    by_number = and_(rows_predicate(kind, actor, needing=frozenset({"number"})), Record.number.ilike(pattern))
    by_title = and_(rows_predicate(kind, actor, needing=title_fields(kind)), Record.title.ilike(pattern))
    return or_(by_words, by_number, by_title)


def _filter(app: RunningApp, kind: RecordType, name: str, value: Any) -> ColumnElement[bool]:
    values = [*value] if isinstance(value, list | tuple | set | frozenset) else [value]
    if name in kind.fields:
        if kind.fields[name].private:
            return false()
        if kind.fields[name].type in SEVERAL:
            return or_(*(Record.data[name].has_key(_as_text(one)) for one in values))
        stored: ColumnElement[Any] = Record.data[name].astext
        return stored.in_([_as_text(one) for one in values])
    if name == "agency":
        ids = [node.id for key in values if (node := app.agencies.by_key.get(str(key))) is not None]
        return Record.agency_id.in_(ids)
    column: ColumnElement[Any] | None = _FILTERED.get(name)
    if column is None:
        return false()
    if name in ("open", "overdue", "checked", "published"):
        return column.in_([_as_text(one) == "true" for one in values])
    return cast(column, String).in_([str(one) for one in values])


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_FILTERED: dict[str, Any] = {
    "id": Record.id,
    "number": Record.number,
    "state": Record.state,
    "assignee": Record.assignee_id,
    "created_by": Record.created_by,
    "open": Record.open,
    "overdue": Record.overdue,
    "checked": Record.checked,
    "published": Record.published,
}
_SORTED: dict[str, Key] = {
    "created_at": Key(Record.created_at),
    "closed_at": Key(func.coalesce(Record.closed_at, _DISTANT_PAST)),
    "due": Key(func.coalesce(Record.due_at, _END_OF_TIME)),
    "number": Key(func.coalesce(Record.number, "")),
    "title": Key(Record.title),
    "state": Key(Record.state),
    "open": Key(Record.open),
    "overdue": Key(Record.overdue),
    "checked": Key(Record.checked),
    "published": Key(Record.published),
}


def _keys(kinds: Kinds, actor: Actor, sort: Sequence[SortKey]) -> list[Key]:
    keys = []
    for part in sort:
        found = _SORTED.get(part.field)
        if found is None:
            found = Key(func.coalesce(Record.data[part.field].astext, ""))
        keys.append(Key(_by_own_kind(kinds, actor, part.field, found.column), part.descending))
    last = keys[-1].descending if keys else True
    return [*keys, Key(Record.id, last)]


def _by_own_kind(kinds: Kinds, actor: Actor, name: str, column: Any) -> Any:
    """The column to sort by; rows whose own version does not show it to the reader stand where those without a value
    do, so that an upgrade neither tells nor hides anything."""
    if len(kinds) == 1 or name == "created_at":
        return column

    def needing(kind: RecordType) -> frozenset[str]:
        return title_fields(kind) if name == "title" else frozenset({name})

    showing = by_own_kind(kinds, lambda kind: rows_predicate(kind, actor, needing=needing(kind)))
    if same_clause(showing, by_own_kind(kinds, lambda kind: rows_predicate(kind, actor))):
        return column
    return case((showing, column), else_=literal(_NOTHING.get(column.type.python_type, ""), column.type))
