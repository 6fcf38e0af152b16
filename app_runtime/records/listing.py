"""Lists of records of one type: filtered, searched, sorted, page by page, only what the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import defer

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, RecordType, SortKey
from app_catalog.installations.models import Installation
from app_runtime.indexing.using import Usable, asks_what_is_rare, best_way, indexed_fields, rare_among, usable_indexes
from app_runtime.records.actors import Actor
from app_runtime.records.attachments import files_of_records
from app_runtime.records.models import Record
from app_runtime.records.ordering import order_keys, several
from app_runtime.records.paging import Key, PageOf, after_cursor, encode_cursor, ordered, page_size
from app_runtime.records.passing import filter_clause, found_by, given, with_villages
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import Kinds, by_own_kind
from app_runtime.records.presenting import PresentedRecord, present_record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import t

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
    query, keys = ordered_matching(app, record_type, actor, filters or {}, search, sort or ())
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


def ordered_matching(
    app: RunningApp,
    record_type: str,
    actor: Actor,
    filters: Mapping[str, Any],
    search: str = "",
    sort: Sequence[SortKey] = (),
    *,
    rare: Collection[str] | None = None,
) -> tuple[Select[Any], list[Key]]:
    """The statement of `list_matching` with the keys of its order, the newest first without. Raises as that does.

    `rare` is what `rare_filters` says of it, where that is known already.
    """
    filters = with_villages(app, record_type, filters)
    usable = _way(app, record_type, filters, sort, rare)
    query = _matching(app, record_type, actor, filters, search, sort, usable)
    kinds = app.kinds(record_type)
    for key in sort:
        if (
            key.field in usable.types
            and not usable.looked_up
            and not any(several(kind, key.field) for _, kind in kinds)
        ):
            query = usable.sorted(query, key.field)
    return query, order_keys(kinds, actor, sort or NEWEST_FIRST, usable)


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
    for record in records:
        if record.definition_digest not in apps:
            apps[record.definition_digest] = running_app(app.session, app.installation, digest=record.definition_digest)
    files = files_of_records(app.session, records) if _shows_files(apps.values(), columns) else {}
    for digest, pinned in apps.items():
        _look_ahead(pinned, [record for record in records if record.definition_digest == digest])
    presented = []
    for record in records:
        pinned = apps[record.definition_digest]
        presented.append(present_record(pinned, record, actor, files=files.get(record.id, ()), only=columns))
    return presented


def _shows_files(apps: Iterable[RunningApp], columns: Sequence[str] | None) -> bool:
    return columns is None or any(
        spec.type == "files" and name in columns
        for app in apps
        for kind in app.definition.records.values()
        for name, spec in kind.fields.items()
    )


def _look_ahead(app: RunningApp, records: Sequence[Record]) -> None:
    """Read what these records name in one go."""
    naming = {
        kind.id: [name for name, spec in kind.fields.items() if spec.target is not None]
        for kind in app.definition.records.values()
    }
    ids = [
        value
        for record in records
        for name in naming.get(record.record_type, ())
        for value in (record.data.get(name), record.private.get(name))
        if value
    ]
    if ids:
        app.named.look_ahead(ids)


def list_matching(
    app: RunningApp,
    record_type: str,
    actor: Actor,
    filters: Mapping[str, Any],
    search: str = "",
    sort: Sequence[SortKey] = (),
    *,
    rare: Collection[str] | None = None,
) -> Select[Any]:
    """The statement behind the lists: rows of this type that the actor may read and that match, each by the definition
    that it runs on. `rare` as for `ordered_matching`. Raises NotFound for an unknown type, Invalid."""
    filters = with_villages(app, record_type, filters)
    usable = _way(app, record_type, filters, (), rare)
    return _matching(app, record_type, actor, filters, search, sort, usable)


def _matching(
    app: RunningApp,
    record_type: str,
    actor: Actor,
    filters: Mapping[str, Any],
    search: str,
    sort: Sequence[SortKey],
    usable: Usable,
) -> Select[Any]:
    kinds = app.kinds(record_type)
    wanted = given(filters)
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
        asked = {name: value for name, value in wanted.items() if name not in usable.types}
        return and_(rows, *(told(filter_clause(app, kind, name, value), name) for name, value in asked.items()))

    common = indexed_fields(app.definition, record_type).keys() if usable.types and not usable.looked_up else ()

    def told(clause: ColumnElement[bool], name: str) -> ColumnElement[bool]:
        # Of a value inside a document the planner takes it that hardly any record has it; of this one it is known that
        # many do, so that the first of them are soon found in the order of the index. Of such a clause it takes half.
        return func.coalesce(clause, false()) if name in common else clause

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
    for name in wanted:
        if name in usable.types:
            query = usable.filtered(query, name, wanted[name])
    if search.strip():
        words = search.strip()[:200]
        query = query.where(by_own_kind(kinds, lambda kind: found_by(kind, actor, words)))
    return query


# Nothing about these is told by an order that the page itself does not show.
_ALWAYS = ("created_at", "title")


def rare_filters(
    app: RunningApp, record_type: str, asked: Sequence[Mapping[str, Any]], sort: Sequence[SortKey] = ()
) -> list[Collection[str]]:
    """The filters of each of these lists that few records pass, as far as the list is another way to go for that; the
    database is asked once for all lists. Raises NotFound for an unknown type."""
    usable, questions, found = Usable(record_type, {}), dict[tuple[str, tuple[Any, ...]], str](), []
    for filters in asked:
        wanted = given(with_villages(app, record_type, filters))
        usable = _usable(app, record_type, wanted, sort)
        asks = asks_what_is_rare(usable, wanted, _leading(sort))
        own = {name: (name, tuple(values)) for name, values in wanted.items() if asks and name in usable.types}
        found.append(own)
        for question in own.values():
            questions.setdefault(question, str(len(questions)))
    rare = rare_among(app.session, usable, {key: question for question, key in questions.items()})
    return [{name for name, question in own.items() if questions[question] in rare} for own in found]


def _way(
    app: RunningApp,
    record_type: str,
    filters: Mapping[str, Any],
    sort: Sequence[SortKey],
    rare: Collection[str] | None,
) -> Usable:
    """What the list goes by; asks the database how many records pass its filters where that makes a difference."""
    if rare is None:
        (rare,) = rare_filters(app, record_type, [filters], sort)
    wanted = given(filters)
    return best_way(_usable(app, record_type, wanted, sort), wanted, _leading(sort), rare=rare)


def _usable(app: RunningApp, record_type: str, wanted: Mapping[str, Any], sort: Sequence[SortKey]) -> Usable:
    return usable_indexes(app, record_type, (*wanted, *(key.field for key in sort)))


def _leading(sort: Sequence[SortKey]) -> str:
    return sort[0].field if sort else ""


def _known(kinds: Kinds, name: str) -> bool:
    return name in BUILTIN_ATTRIBUTES or name == "title" or any(name in kind.fields for _, kind in kinds)
