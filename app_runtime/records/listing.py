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
    cast,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import defer

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, RecordType, SortKey
from app_catalog.installations.models import Installation
from app_runtime.records.actors import Actor
from app_runtime.records.attachments import files_of_records
from app_runtime.records.deriving import searched_fields
from app_runtime.records.models import Record
from app_runtime.records.paging import Key, PageOf, after_cursor, encode_cursor, ordered, page_size
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.presenting import PresentedRecord, present_record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import t

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
    kind = app.record_type(record_type)
    keys = _keys(kind, sort or NEWEST_FIRST)
    query = list_matching(app, kind, actor, filters or {}, search, sort or ())
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
    query = list_matching(app, app.record_type(record_type), actor, filters or {}, search)
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
    kind: RecordType,
    actor: Actor,
    filters: Mapping[str, Any],
    search: str = "",
    sort: Sequence[SortKey] = (),
) -> Select[Any]:
    """The statement behind the lists: rows of this type that the actor may read and that match. Raises Invalid."""
    wanted = {name: value for name, value in filters.items() if value not in (None, "", [], ())}
    unknown = [name for name in (*wanted, *(key.field for key in sort)) if not _known(kind, name)]
    if unknown:
        raise Invalid(
            fields={name: [t("Saringan ini tidak dikenal.", "This filter is not known.")] for name in unknown}
        )
    needing = frozenset((*wanted, *(key.field for key in sort if key.field not in _ALWAYS)))
    query = (
        select(Record)
        .options(defer(Record.search_text), defer(Record.search))
        .where(
            Record.tenant_id == app.installation.tenant_id,
            Record.installation_id == app.installation.id,
            Record.record_type == kind.id,
            rows_predicate(kind, actor, needing=needing),
        )
    )
    for name, value in wanted.items():
        query = query.where(_filter(app, kind, name, value))
    if search.strip():
        query = query.where(_found(kind, actor, search.strip()[:200]))
    return query


# Nothing about these is told by an order that the page itself does not show.
_ALWAYS = ("created_at", "title")


def _known(kind: RecordType, name: str) -> bool:
    return name in kind.fields or name in BUILTIN_ATTRIBUTES or name == "title"


def _found(kind: RecordType, actor: Actor, search: str) -> ColumnElement[bool]:
    """By words where the reader sees every field that words are taken from, else by number and title alone."""
    by_words = and_(
        rows_predicate(kind, actor, needing=searched_fields(kind)),
        Record.search.op("@@")(func.websearch_to_tsquery(text("'indonesian'::regconfig"), search)),
    )
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    needed = frozenset({"title"} & set(kind.fields)) | {"number"}
    by_name = and_(
        rows_predicate(kind, actor, needing=needed), or_(Record.number.ilike(pattern), Record.title.ilike(pattern))
    )
    return or_(by_words, by_name)


def _filter(app: RunningApp, kind: RecordType, name: str, value: Any) -> ColumnElement[bool]:
    values = [*value] if isinstance(value, list | tuple | set | frozenset) else [value]
    if name in kind.fields:
        if kind.fields[name].private:
            return false()
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


def _keys(kind: RecordType, sort: Sequence[SortKey]) -> list[Key]:
    keys = []
    for part in sort:
        found = _SORTED.get(part.field)
        if found is None:
            found = Key(func.coalesce(Record.data[part.field].astext, ""))
        keys.append(Key(found.column, part.descending))
    last = keys[-1].descending if keys else True
    return [*keys, Key(Record.id, last)]
