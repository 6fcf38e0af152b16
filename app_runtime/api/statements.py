"""The statements behind lists and single records, compiled once for each definition and kind of question.

Each looks up, in the one statement, whether everything that it was compiled for still holds: the municipality under
this host name and open, the app enabled and on this definition, and no record on a version that is not known here: an
app that went to another version and came back has one. Where it does not, there is no row, and the
answer is worked out anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.installations.models import Installation, InstalledDefinition
from app_catalog.releases.models import Release
from app_runtime.api.by_index import ByIndex, as_known
from app_runtime.api.columns import FILTERED_TYPES, Family, public_names, record_document, record_feature
from app_runtime.api.family import PARENT_FILTERS, children_document, of_parent, parent_document, takes_parent
from app_runtime.api.open_targets import OpenTarget, still_present
from app_runtime.api.row_filters import OF_EVERY_ROW, of_kind
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import read_access, rows_predicate
from app_runtime.records.pinned import Kinds, by_own_kind, kinds_of
from lumbung.db.direct import DirectRead, compile_read
from lumbung.db.prepared import ByValues, PlannedOnce
from tenants.municipalities.models import Municipality

ANYBODY = Actor(kind="visitor")
_MOST_COMPILED = 200
_TENANT: ColumnElement[Any] = bindparam("tenant", type_=Uuid)


@dataclass
class Statements:
    """The compiled statements of one record type. `definitions` are all that its records may run on, the present one
    first; each record is found and shown by its own (ADR 0003). `ready` are the fields that have a whole index,
    `targets` what fields may name."""

    definitions: Sequence[Definition]
    record_type: str
    ready: frozenset[str] = frozenset()
    targets: tuple[OpenTarget, ...] = ()
    _compiled: dict[Any, DirectRead] = field(default_factory=dict)

    @property
    def kinds(self) -> Kinds:
        """The type by the definitions that have it: an upgrade may have taken it away, or brought it."""
        return kinds_of(self.definitions, self.record_type)

    @cached_property
    def choices(self) -> frozenset[str]:
        """The fields that a list may be filtered by, those of any version that records are on."""
        return frozenset(
            name
            for _, kind in self.kinds
            for name in public_names(kind)
            if (spec := kind.fields.get(name)) is not None and spec.type in FILTERED_TYPES
        )

    @cached_property
    def areas(self) -> frozenset[str]:
        """Those of `choices` that are areas in any version."""
        kinds = [kind for _, kind in self.kinds]
        return frozenset(
            name
            for name in self.choices
            if any(name in one.fields and one.fields[name].type == "area" for one in kinds)
        )

    @cached_property
    def takes_parent(self) -> bool:
        """Whether a list may be filtered by its parent."""
        return takes_parent(self.definitions, self.record_type)

    def a_list(self, filters: frozenset[str], *, geojson: bool, single: frozenset[str] = frozenset()) -> DirectRead:
        """A list: documents joined by commas, how many beyond the page, and the keys of its last record. `single` are
        the filters with one value, for which an index has the very order of the list."""
        indexed = self.ready & filters
        # By one index alone: of how many values of several fields there are together, the planner knows nothing.
        found = frozenset(sorted(indexed & single)[:1]) or indexed
        way = ByIndex(self.record_type, found, found & single)
        key = (filters, way.indexed, way.single, geojson)
        # Whether records that pass a filter are many or few makes another plan.
        planned = PlannedOnce if filters <= {"after"} else ByValues
        return self._read(key, lambda: self._list(filters, way, geojson=geojson), planned)

    def one(self, by: str) -> DirectRead:
        """One record by `id` or `number`: its document, and its id."""
        return self._read(by, lambda: self._one(by), PlannedOnce)

    def _read(self, key: Any, make: Callable[[], Select[Any]], planned: type[bytes]) -> DirectRead:
        found = self._compiled.get(key)
        if found is None:
            if len(self._compiled) >= _MOST_COMPILED:
                # Filters combine in thousands of ways, which nobody needs but who wants to fill the memory.
                self._compiled.clear()
            found = self._compiled[key] = compile_read(make(), planned)
        return found

    def _list(self, filters: frozenset[str], way: ByIndex, *, geojson: bool) -> Select[Any]:
        order = (way.made_at.desc(), way.record_id.desc())
        found = (
            way.join(
                select(
                    self._document(self._parent(), geojson=geojson).label("document"),
                    way.made_at.label("at"),
                    way.record_id.label("id"),
                    func.row_number().over(order_by=order).label("n"),
                )
            )
            .where(*self._public(filters, way))
            .order_by(*order)
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
        ).subquery("page")
        return self._standing(select(page.c.documents, page.c.more, page.c.at, page.c.id).select_from(page)).where(
            *as_known(self.definitions[0], self.record_type, filters, self.ready)
        )

    def _one(self, by: str) -> Select[Any]:
        column: Any = Record.id if by == "id" else Record.number
        wanted = column == bindparam("wanted", type_=Uuid() if by == "id" else Text())
        found = (
            select(self._document(self._parent(), geojson=False, alone=True).label("document"), Record.id.label("id"))
            .where(*self._public(frozenset(), ByIndex(self.record_type), alone=True), wanted)
            .subquery("found")
        )
        standing = select(literal_column("1")).subquery("standing")
        return self._standing(
            select(found.c.document, found.c.id).select_from(standing.outerjoin(found, literal_column("true", Boolean)))
        )

    def _public(self, filters: frozenset[str], way: ByIndex, *, alone: bool = False) -> list[ColumnElement[bool]]:
        """Rows of this type that everybody may read, each by its own definition: also what they are filtered by."""
        installation = bindparam("installation", type_=Uuid)
        # A record `alone` is found by its id or number; by the app too, other ways would seem as good.
        of_app = Record.installation_id.is_not_distinct_from(installation)

        def rows(kind: RecordType) -> ColumnElement[bool]:
            return and_(_readable(kind), *(of_kind(kind, name, way) for name in sorted(filters)))

        return [
            Record.tenant_id == _TENANT,
            of_app if alone else Record.installation_id == installation,
            Record.record_type == literal_column(f"'{self.record_type}'"),
            by_own_kind(self.kinds, rows),
            Record.hidden_at.is_(None),
            *(OF_EVERY_ROW[name](way) for name in sorted(filters) if name in OF_EVERY_ROW),
            *(
                of_parent(self.definitions, self.record_type, name)
                for name in PARENT_FILTERS
                if self._by(name, filters)
            ),
            *way.among(),
        ]

    def _document(self, parent: Family, *, geojson: bool, alone: bool = False) -> ColumnElement[Any]:
        make = record_feature if geojson else record_document
        made = []
        for digest, kind in self.kinds:
            children = children_document(self.definitions, kind) if alone else None
            family = [*parent, *([("children", children)] if children is not None else [])]
            made.append((digest, make(self.targets, kind, family)))
        return case(
            *((Record.definition_digest == literal_column(f"'{digest}'"), document) for digest, document in made)
        )

    def _parent(self) -> Family:
        parent = parent_document(self.definitions, self.record_type)
        return [("parent", parent)] if parent is not None else []

    def _by(self, name: str, filters: frozenset[str]) -> bool:
        """Whether a list is filtered by the parent, and not by a field of that name."""
        return name in filters and name not in self.choices

    def _standing(self, found: Select[Any]) -> Select[Any]:
        """Only while the municipality and the app stand as they did when this was compiled."""
        host = or_(
            Municipality.slug == bindparam("slug", type_=Text), Municipality.domain == bindparam("domain", type_=Text)
        )
        # Filters by a district have the villages of this region.
        here = and_(Municipality.id == _TENANT, host, Municipality.region_code == bindparam("region", type_=Text))
        return found.where(
            *still_present(self.targets),
            select(text("1"))
            .select_from(Municipality)
            .where(here, Municipality.status == literal_column("'active'"))
            .exists(),
            select(text("1"))
            .select_from(Installation)
            .where(
                Installation.tenant_id == _TENANT,
                Installation.id == bindparam("installation", type_=Uuid),
                Installation.slug == bindparam("app", type_=Text),
                Installation.status == literal_column("'enabled'"),
                Installation.definition_digest == literal_column(f"'{self.definitions[0].digest}'"),
                not_(self._another()),
            )
            .exists(),
        )

    def _another(self) -> ColumnElement[bool]:
        """Whether the municipality has run a version of the app that was not known when this was compiled: records may
        be on it although the app has come back to the version before."""
        known: list[ColumnElement[Any]] = [literal_column(f"'{definition.digest}'") for definition in self.definitions]
        return (
            select(text("1"))
            .select_from(InstalledDefinition)
            .join(Release, Release.id == InstalledDefinition.release_id)
            .where(
                InstalledDefinition.tenant_id == _TENANT,
                InstalledDefinition.digest.not_in(known),
                Release.app_id == Installation.app_id,
            )
            .correlate(Installation)
            .exists()
        )


def _readable(kind: RecordType) -> ColumnElement[bool]:
    rule = read_access(kind, "public")
    if rule is None:
        return literal_column("false", Boolean)
    if rule.rows == ("published",):
        return and_(Record.published)
    return rows_predicate(kind, ANYBODY)
