"""What is somebody's work: records read by a role at work, never those read as the public or as their own reporter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from app_catalog.definitions.model import RecordType
from app_catalog.installations.services import find_installation
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.models import Record
from app_runtime.records.permissions import reading_roles
from app_runtime.records.reading import access_record
from app_runtime.records.running_app import RunningApp
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.web.access import Visitor


@dataclass(frozen=True, slots=True)
class Work:
    """A record that is this person's work, its app, and the person with the roles in that app."""

    record: Record
    app: RunningApp
    actor: Actor

    @property
    def kind(self) -> RecordType:
        """The record's type in its own definition."""
        return self.app.record_type(self.record.record_type)


def at_work(actor: Actor) -> Actor:
    """The same person as an official only: what the public or a reporter may do counts for nothing."""
    return replace(actor, roles=actor.roles - {"public", "resident"}, account_id=None, tracking_digest=None)


def access_work(session: AnySession, visitor: Visitor, app_slug: str, record_id: UUID) -> Work:
    """A record that this person works on.

    Raises NotFound when it is missing, another municipality's, another app's, or read by no role at work: a published
    report of another agency is on the public pages, not here.
    """
    installation = find_installation(session, app_slug, with_disabled=True)
    if installation is None:
        raise NotFound
    actor = actor_for(session, visitor, installation)
    record, app = access_record(session, actor, record_id, app_slug=app_slug)
    if not reading_roles(app.record_type(record.record_type), at_work(actor), record):
        raise NotFound
    return Work(record, app, actor)
