"""Records that a record names in its fields: found once for one piece of work, and told to whoever may read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.expressions.names import NAMED_FACTS
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import fields_read_by, may_read, reading_roles, title_fields
from app_runtime.records.values import built_in_values, field_values
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, t

if TYPE_CHECKING:
    from app_runtime.records.running_app import RunningApp

ANYBODY = Actor(kind="visitor")
_AS_CITIZENS = frozenset({"public", "resident"})


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record that is named, as one reader may see it: `link` leads to it, empty where there is no page for them."""

    id: UUID
    number: str
    title: str
    link: str

    @property
    def label(self) -> str:
        """Number and title."""
        return " · ".join(part for part in (self.number, self.title if self.title != self.number else "") if part)


@dataclass
class NamedRecords:
    """The records that those of one app name, each read once. `open_app` opens the app that a record belongs to."""

    app: RunningApp
    open_app: Callable[[AnySession, Record], RunningApp]
    _found: dict[str, Record | None] = field(default_factory=dict)
    _apps: dict[tuple[UUID, str], RunningApp] = field(default_factory=dict)

    def look_ahead(self, ids: Iterable[str]) -> None:
        """Read these in one go."""
        wanted = {one for one in ids if one not in self._found}
        keys = {one: key for one in wanted if (key := _as_id(one)) is not None}
        self._found |= dict.fromkeys(wanted)
        if keys:
            rows = self.app.session.scalars(
                select(Record).where(
                    Record.tenant_id == self.app.installation.tenant_id, Record.id.in_(sorted(keys.values()))
                )
            )
            self._found |= {str(row.id): row for row in rows}

    def find(self, record_id: str) -> Record | None:
        """The record with this id, or None."""
        self.look_ahead([record_id])
        return self._found[record_id]

    def app_of(self, record: Record) -> RunningApp:
        """The app of a record, with the record's own definition."""
        if (record.installation_id, record.definition_digest) == (
            self.app.installation.id,
            self.app.definition.digest,
        ):
            return self.app
        key = (record.installation_id, record.definition_digest)
        if key not in self._apps:
            self._apps[key] = self.open_app(self.app.session, record)
        return self._apps[key]

    def values(self, record_id: str) -> Mapping[str, Any] | None:
        """What expressions read of a named record: what every record has, and the open fields of one of this app."""
        record = self.find(record_id)
        if record is None:
            return None
        app = self.app_of(record)
        built_in = {**built_in_values(record, app.agencies), "title": record.title}
        facts = {name: built_in[name] for name in NAMED_FACTS}
        kind = app.definition.records.get(record.record_type)
        if kind is None or record.installation_id != self.app.installation.id:
            return facts
        own = field_values(record, kind)
        return {**facts, **{name: value for name, value in own.items() if not kind.fields[name].private}}

    def told(self, record_id: Any, reader: Actor) -> NamedRecord | None:
        """The record as this reader may see it; None when it is not there, or not for them."""
        record = self.find(str(record_id))
        if record is None:
            return None
        app = self.app_of(record)
        kind = app.definition.records.get(record.record_type)
        actor = reader if reader.is_system else reader.in_app(app.installation.slug)
        if kind is None or not may_read(kind, actor, record):
            return None
        seen = frozenset(("number", *kind.fields)) if actor.is_system else _seen(kind, actor, record)
        number = record.number or "" if "number" in seen else ""
        title = record.title if title_fields(kind) <= seen else ""
        at_work = actor.is_member and bool(reading_roles(kind, actor, record) - _AS_CITIZENS)
        if at_work:
            link = f"/work/{app.installation.slug}/{record.id}"
        else:
            public = app.installation.status == "enabled" and may_read(kind, ANYBODY, record)
            link = f"/{app.installation.slug}/{record.record_type}/{record.id}" if public else ""
        return NamedRecord(record.id, number, title or ("" if number else pick(kind.name)), link)


def not_for_you() -> str:
    """What stands in place of a named record that the reader may not see."""
    return t("Catatan yang tidak terbuka untuk Anda", "A record that is not open to you")


def _seen(kind: Any, actor: Actor, record: Record) -> frozenset[str]:
    return fields_read_by(kind, reading_roles(kind, actor, record))


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
