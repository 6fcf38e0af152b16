"""Lists and single records of one app, by the statements that were compiled for it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from app_catalog.definitions.model import Definition
from app_runtime.api.asking import BETWEEN, Asked
from app_runtime.api.open_targets import OpenTarget, open_targets
from app_runtime.api.statements import Statements
from app_runtime.indexing.using import indexed_fields, usable_indexes
from app_runtime.pages.opening import open_app
from app_runtime.records.paging import encode_cursor
from app_runtime.records.permissions import read_access
from lumbung.db.direct import DirectRead, plan_once, read_row, write_values
from lumbung.db.prepared import PlannedOnce
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound, Unavailable
from lumbung.metrics.statements import note_duration
from lumbung.web.sites import Tenant
from tenants.municipalities.errors import PortalPreparing
from tenants.municipalities.services import is_open

Row = Sequence[bytes | None]
_KEPT = 4_096
_MOST_PLANNED = 16


@dataclass(frozen=True)
class Shelf:
    """One record type of an app of a municipality under a host name, as it stood when it was last looked up.

    Nothing rests on it: every statement looks up again whether it still stands.
    """

    tenant: Tenant
    statements: Statements
    values: Mapping[str, Any]
    """What every statement takes."""
    installation_id: UUID
    planned: dict[tuple[bytes, int], DirectRead] = field(default_factory=dict, compare=False)
    """The statements that are planned once, with what is written into them, by their text and limit."""


@dataclass(frozen=True, slots=True)
class Page:
    """Documents joined by commas, and the cursor of what follows."""

    documents: bytes
    next_cursor: str | None


class Shelves:
    """The shelves last used by this process, by host, app and record type."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str, str], Shelf] = OrderedDict()

    def find(self, key: tuple[str, str, str]) -> Shelf | None:
        """The shelf as it was last looked up, or None."""
        return self._kept.get(key)

    def keep(self, key: tuple[str, str, str], shelf: Shelf) -> None:
        """Remember a shelf; the oldest one goes when there are too many."""
        with self._lock:
            self._kept[key] = shelf
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def read_list(shelf: Shelf, asked: Asked) -> Page | None:
    """A page of the list; None when the shelf no longer stands."""
    single = frozenset(name for name in shelf.statements.ready & asked.filters if BETWEEN not in asked.values[name])
    read = shelf.statements.a_list(asked.filters, geojson=asked.geojson, single=single)
    row = _read(shelf, read, {**asked.values, "limit": asked.limit})
    if row is None:
        return None
    documents, more, at, record_id = row
    if more == b"0" or at is None or record_id is None:
        return Page(documents or b"", None)
    return Page(documents or b"", encode_cursor((at.decode(), record_id.decode())))


def read_one(shelf: Shelf, reference: str) -> bytes | None:
    """The document of a record by id or number; None when the shelf no longer stands. Raises NotFound."""
    by, wanted = _reference(reference)
    row = _read(shelf, shelf.statements.one(by), {"wanted": wanted})
    if row is None:
        return None
    document, found = row
    if found is None:
        raise NotFound
    return document


def _read(shelf: Shelf, read: DirectRead, values: Mapping[str, Any]) -> Row | None:
    sent = _planned_once(shelf, read, values.get("limit", 0)) if isinstance(read.sql, PlannedOnce) else read
    begun = time.perf_counter()
    try:
        return read_row(shelf.tenant.id, sent, {**shelf.values, **values})
    finally:
        note_duration(read.sql, time.perf_counter() - begun)


def _planned_once(shelf: Shelf, read: DirectRead, limit: int) -> DirectRead:
    """The statement as it is planned for this municipality and app, and for so many rows."""
    found = shelf.planned.get((read.sql, limit))
    if found is None:
        if len(shelf.planned) >= _MOST_PLANNED:
            shelf.planned.clear()
        written: dict[str, UUID | int] = {
            "tenant": shelf.tenant.id,
            "installation": shelf.installation_id,
            "limit": limit,
        }
        found = plan_once(read, written)
        shelf.planned[read.sql, limit] = found
    return found


def from_shelf(
    shelf: Shelf | None, look_up: Callable[[], Shelf], read: Callable[[Shelf], Page | bytes | None]
) -> Page | bytes:
    """What `read` finds on the shelf, or on the shelf as it stands now when it was changed in between.

    Raises Unavailable when it changes faster than it can be read.
    """
    found = None
    if shelf is not None:
        # What one may ask for may be another by now as well: an upgrade brings fields, and takes some.
        with suppress(Invalid):
            found = read(shelf)
    if found is None:
        found = read(look_up())
    if found is None:
        raise Unavailable
    return found


def look_up_shelf(
    session: AnySession, tenant: Tenant, host: str, origin: str, slug: str, record_type: str, *, hub_host: str
) -> Shelf:
    """The shelf as it stands now; the session belongs to the municipality.

    Raises PortalPreparing until the municipality has opened, NotFound when there is no such app or type, or nothing of
    it is for the public, and ServiceOff while the app is disabled.
    """
    if not is_open(tenant):
        raise PortalPreparing
    app = open_app(session, slug)
    if all(read_access(kind, "public") is None for _, kind in app.kinds(record_type)):
        raise NotFound
    # A domain of its own may begin with the slug too, and may be taken away or given to another.
    own = host == f"{tenant.slug}.{hub_host}"
    values = write_values(
        {
            "tenant": tenant.id,
            "slug": tenant.slug if own else None,
            "domain": None if own else host,
            "region": tenant.region_code,
            "installation": app.installation.id,
            "app": slug,
            "records_url": f"{origin}/{slug}/{record_type}/",
            "app_url": f"{origin}/{slug}/",
            "api_url": f"{origin}/api/v1/{slug}/",
            "photos_url": f"{origin}/{slug}/photos/",
        }
    )
    ready = frozenset(usable_indexes(app, record_type, indexed_fields(app.definition, record_type)).types)
    statements = _statements(app.definitions, record_type, ready, open_targets(app, record_type))
    return Shelf(tenant, statements, values, app.installation.id)


_compiled: OrderedDict[tuple[tuple[str, ...], str, frozenset[str], tuple[OpenTarget, ...]], Statements] = OrderedDict()
_compiled_lock = Lock()


def _statements(
    definitions: Sequence[Definition], record_type: str, ready: frozenset[str], targets: tuple[OpenTarget, ...]
) -> Statements:
    """The statements for these definitions: the same for every municipality that runs them."""
    key = (tuple(one.digest for one in definitions), record_type, ready, targets)
    with _compiled_lock:
        found = _compiled.get(key)
        if found is None:
            found = _compiled[key] = Statements(definitions, record_type, ready, targets)
            while len(_compiled) > _KEPT:
                _compiled.popitem(last=False)
        return found


def _reference(reference: str) -> tuple[str, UUID | str]:
    try:
        return "id", UUID(reference)
    except ValueError:
        return "number", reference
