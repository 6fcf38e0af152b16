"""Who names a record, as one reader may see it, and where the public may name it in a form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, or_, select

from app_catalog.definitions.model import Definition, Field, RecordType
from app_catalog.installations.definitions import definition_by_digest, definition_is_given
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_runtime.holding.keys import group_of_value
from app_runtime.holding.models import RecordKey
from app_runtime.holding.rules import naming_rule
from app_runtime.naming.choosing import choose
from app_runtime.records.actors import Actor
from app_runtime.records.listing import present_rows
from app_runtime.records.models import Record
from app_runtime.records.named import ANYBODY
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.i18n import pick, t

MOST = 10
"""How many records that name another one are shown with it."""


@dataclass(frozen=True, slots=True)
class ShownNaming:
    """Records of one type that name a record in one field: what they are called, and the newest of them."""

    name: str
    rows: Sequence[PresentedRecord]
    more: bool

    @property
    def told(self) -> str:
        """How many are shown, where there are more."""
        return t("{n} yang terbaru", "The newest {n}", n=len(self.rows)) if self.more else ""


@dataclass(frozen=True, slots=True)
class FormLink:
    """A form of the app in which the record is named: its title and address."""

    title: str
    address: str


def show_naming(app: RunningApp, record: Record, reader: Actor) -> list[ShownNaming]:
    """The records that name this one, of this app and of others to which its type is open; only what the reader may
    see is shown or counted."""
    found = []
    for installation, definition in _places(app, record):
        for kind, field in naming_fields(definition, record.record_type, app.definition.id):
            own = app if installation.id == app.installation.id else running_app(app.session, installation)
            rows = _rows(own, kind, field, record, reader.in_app(installation.slug))
            if rows:
                shown = present_rows(own, rows[:MOST], reader.in_app(installation.slug), columns=())
                name = pick(own.record_type(kind.id).name)
                found.append(ShownNaming(name, shown, more=len(rows) > MOST))
    return found


def forms_naming(app: RunningApp, record: Record) -> list[FormLink]:
    """The public forms of the app in which this record may be chosen."""
    fields = {
        (kind.id, field.id): field
        for kind, field in naming_fields(app.definition, record.record_type, app.definition.id)
    }
    links = []
    for page in app.definition.pages.values() if fields else ():
        if page.kind != "form" or "public" not in page.audience or app.installation.status != "enabled":
            continue
        asked = [name for step in page.steps.values() for name in step.fields]
        for name in asked:
            spec = fields.get((page.record or "", name))
            if spec is not None and record.number and choose(app, spec, str(record.id), ANYBODY):
                query = urlencode({name: record.number})
                links.append(FormLink(pick(page.title), f"/{app.installation.slug}/{page.id}?{query}"))
                break
    return links


def naming_fields(definition: Definition, record_type: str, of_app: str) -> Iterator[tuple[RecordType, Field]]:
    """The fields of a definition that name records of this type of the app `of_app`."""
    for kind in definition.records.values():
        for field in kind.fields.values():
            if field.target is not None and field.target.is_type(record_type, of_app, definition.id):
                yield kind, field


def _places(app: RunningApp, record: Record) -> Iterator[tuple[Installation, Definition]]:
    yield app.installation, app.definition
    # What is not open to other apps is named by none, and costs no look.
    if record.record_type in app.definition.exports and not definition_is_given():
        for other in list_installations(app.session):
            if other.id != app.installation.id:
                yield other, definition_by_digest(app.session, other.definition_digest)


def _rows(app: RunningApp, kind: RecordType, field: Field, record: Record, reader: Actor) -> Sequence[Record]:
    needed = frozenset({field.id})

    def rows(one: RecordType) -> ColumnElement[bool]:
        return rows_predicate(one, reader, needing=needed)

    groups = [group_of_value(record.tenant_id, str(record.id), private=private) for private in (False, True)]
    query = (
        select(Record)
        .join(RecordKey, and_(RecordKey.tenant_id == Record.tenant_id, RecordKey.record_id == Record.id))
        .where(
            Record.tenant_id == record.tenant_id,
            Record.id != record.id,
            RecordKey.tenant_id == record.tenant_id,
            RecordKey.installation_id == app.installation.id,
            RecordKey.rule == naming_rule(kind.id, field.id),
            or_(*(RecordKey.key == group for group in groups)),
            by_own_kind(app.kinds(kind.id), rows),
        )
        .order_by(RecordKey.made_at.desc(), RecordKey.record_id)
        .limit(MOST + 1)
    )
    return app.session.scalars(query).all()
