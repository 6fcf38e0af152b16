"""The statements behind lists and single records, compiled once for each definition and kind of question.

Each looks up, in the one statement, whether everything that it was compiled for still holds: the municipality under
this host name and open, the app enabled and on this definition. Where it does not, there is no row, and the
answer is worked out anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Float,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.installations.models import Installation
from app_runtime.api.columns import public_names, record_document, record_feature, shows_place
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import read_access, rows_predicate
from lumbung.db.direct import DirectRead, compile_read
from tenants.municipalities.models import Municipality

ANYBODY = Actor(kind="visitor")
_MOST_COMPILED = 200
_TENANT: ColumnElement[Any] = bindparam("tenant", type_=Uuid)


@dataclass
class Statements:
    """The compiled statements of one record type. `definitions` are all that its records may run on, the present one
    first; each record is shown by its own (ADR 0003)."""

    definitions: Sequence[Definition]
    record_type: str
    _compiled: dict[Any, DirectRead] = field(default_factory=dict)

    @property
    def kind(self) -> RecordType:
        """The type as the present definition has it."""
        return self.definitions[0].records[self.record_type]

    @property
    def choices(self) -> frozenset[str]:
        """The fields that a list may be filtered by."""
        return frozenset(
            name
            for name in public_names(self.kind)
            if (spec := self.kind.fields.get(name)) is not None and spec.type in ("choice", "agency", "area")
        )

    def a_list(self, filters: frozenset[str], *, geojson: bool) -> DirectRead:
        """A list: documents joined by commas, how many beyond the page, and the keys of its last record."""
        return self._read((filters, geojson), lambda: self._list(filters, geojson=geojson))

    def one(self, by: str) -> DirectRead:
        """One record by `id` or `number`: its document, and its id.

        The document of a record on a definition that was not known when this was compiled is NULL.
        """
        return self._read(by, lambda: self._one(by))

    def _read(self, key: Any, make: Callable[[], Select[Any]]) -> DirectRead:
        found = self._compiled.get(key)
        if found is None:
            if len(self._compiled) >= _MOST_COMPILED:
                # Filters combine in thousands of ways, which nobody needs but who wants to fill the memory.
                self._compiled.clear()
            found = self._compiled[key] = compile_read(make())
        return found

    def _list(self, filters: frozenset[str], *, geojson: bool) -> Select[Any]:
        found = (
            select(
                self._document(geojson=geojson).label("document"),
                Record.created_at.label("at"),
                Record.id.label("id"),
                func.row_number().over(order_by=(Record.created_at.desc(), Record.id.desc())).label("n"),
            )
            .where(*self._public(filters))
            .order_by(Record.created_at.desc(), Record.id.desc())
            .limit(bindparam("limit", type_=Integer) + 1)
            .subquery("found")
        )
        shown = found.c.n <= bindparam("limit", type_=Integer)
        last = found.c.n == bindparam("limit", type_=Integer)
        page = select(
            func.string_agg(cast(found.c.document, Text), aggregate_order_by(literal_column("','"), found.c.n))
            .filter(shown)
            .label("documents"),
            func.count().filter(~shown).label("more"),
            func.max(found.c.at).filter(last).label("at"),
            func.max(cast(found.c.id, Text)).filter(last).label("id"),
            # A record of a definition that was not known when this was compiled has no document.
            func.count().filter(found.c.document.is_(None)).label("unknown"),
        ).subquery("page")
        return self._standing(
            select(page.c.documents, page.c.more, page.c.at, page.c.id, page.c.unknown).select_from(page)
        )

    def _one(self, by: str) -> Select[Any]:
        column: Any = Record.id if by == "id" else Record.number
        wanted = column == bindparam("wanted", type_=Uuid() if by == "id" else Text())
        found = (
            select(self._document(geojson=False).label("document"), Record.id.label("id"))
            .where(*self._public(frozenset()), wanted)
            .subquery("found")
        )
        standing = select(literal_column("1")).subquery("standing")
        return self._standing(
            select(found.c.document, found.c.id).select_from(standing.outerjoin(found, literal_column("true", Boolean)))
        )

    def _public(self, filters: frozenset[str]) -> list[ColumnElement[bool]]:
        """Rows of this type that everybody may read."""
        rule = read_access(self.kind, "public")
        rows: Any = rows_predicate(self.kind, ANYBODY)
        if rule is not None and rule.rows == ("published",):
            rows = Record.published
        return [
            Record.tenant_id == _TENANT,
            Record.installation_id == bindparam("installation", type_=Uuid),
            Record.record_type == literal_column(f"'{self.record_type}'"),
            rows,
            Record.hidden_at.is_(None),
            *(self._filter(name) for name in sorted(filters)),
        ]

    def _filter(self, name: str) -> ColumnElement[bool]:
        if name == "after":
            after = tuple_(bindparam("after_at", type_=DateTime(timezone=True)), bindparam("after_id", type_=Uuid))
            return tuple_(Record.created_at, Record.id) < after
        if name == "updated_since":
            return Record.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True))
        if name == "bbox":
            if not shows_place(self.kind):
                return literal_column("false", Boolean)
            sides = {side: bindparam(side, type_=Float) for side in ("west", "south", "east", "north")}
            return Record.place_lon.between(sides["west"], sides["east"]) & Record.place_lat.between(
                sides["south"], sides["north"]
            )
        if name not in public_names(self.kind):
            return literal_column("false", Boolean)
        column = Record.state if name == "state" else Record.data[name].astext
        return column == func.any(func.string_to_array(bindparam(name, type_=Text), literal_column("','")))

    def _document(self, *, geojson: bool) -> ColumnElement[Any]:
        make = record_feature if geojson else record_document
        made = [(one.digest, make(one.records[self.record_type])) for one in self.definitions]
        return case(
            *((Record.definition_digest == literal_column(f"'{digest}'"), document) for digest, document in made)
        )

    def _standing(self, found: Select[Any]) -> Select[Any]:
        """Only while the municipality and the app stand as they did when this was compiled."""
        host = or_(
            Municipality.slug == bindparam("slug", type_=Text), Municipality.domain == bindparam("domain", type_=Text)
        )
        return found.where(
            select(text("1"))
            .select_from(Municipality)
            .where(Municipality.id == _TENANT, host, Municipality.status == literal_column("'active'"))
            .exists(),
            select(text("1"))
            .select_from(Installation)
            .where(
                Installation.tenant_id == _TENANT,
                Installation.id == bindparam("installation", type_=Uuid),
                Installation.slug == bindparam("app", type_=Text),
                Installation.status == literal_column("'enabled'"),
                Installation.definition_digest == literal_column(f"'{self.definitions[0].digest}'"),
            )
            .exists(),
        )
