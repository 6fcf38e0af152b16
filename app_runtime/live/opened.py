"""The apps of the live room, each as one visitor reads it.

Everything in the room is bounded, over all enabled apps, in the session's municipality. Rows are those that the
`visitor` may read; without one, those that are public. Counts and shares tell nothing of single records and are over
all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.web.access import ANONYMOUS, Visitor


@dataclass(frozen=True, slots=True)
class OpenApp:
    """An app by its name there, and who reads it."""

    app: RunningApp
    name: str
    reader: Actor


def open_apps(session: AnySession, visitor: Visitor | None) -> Iterator[OpenApp]:
    """The enabled apps, in their order."""
    for installation in list_installations(session):
        app = running_app(session, installation)
        reader = actor_for(session, visitor or ANONYMOUS, installation)
        yield OpenApp(app, shown_name(installation, app.definition), reader)


def record_address(record_id: UUID) -> str:
    """Where officials handle a record."""
    return f"/work/{record_id}"
