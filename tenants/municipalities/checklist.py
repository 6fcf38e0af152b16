"""The way from an approved claim to the first report, step by step; features add steps of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.errors import NotReady
from tenants.municipalities.models import Municipality
from tenants.municipalities.services import is_open, set_status


@dataclass(frozen=True, kw_only=True)
class ChecklistItem:
    """One step: what it is called, what to do, where, whether it is done, and whether the portal needs it to open.

    `state` says how far it is ("3 perangkat daerah"); `order` places it among the others (10 map, 20 colours and seal,
    30 agencies, 40 heads, 50 people, 60 calendar; apps come after 70, the first report at 90).
    """

    id: str
    title: Text
    what: Text
    href: str
    done: bool
    needed: bool = False
    order: int = 70
    state: Text | None = None


ChecklistSource = Callable[[AnySession, Municipality], Sequence[ChecklistItem]]
"""Gives steps of one feature for the session's municipality."""

_sources: list[ChecklistSource] = []


def register_checklist_item(source: ChecklistSource) -> None:
    """Show the steps of `source` too from now on; the same function twice is asked once."""
    if source not in _sources:
        _sources.append(source)


def checklist(session: AnySession, municipality: Municipality) -> list[ChecklistItem]:
    """All steps in order."""
    found = [item for source in _sources for item in source(session, municipality)]
    return sorted(found, key=lambda item: item.order)


def missing_steps(items: Sequence[ChecklistItem]) -> list[ChecklistItem]:
    """The needed steps that are not done yet."""
    return [item for item in items if item.needed and not item.done]


def open_portal(session: AnySession, municipality: Municipality) -> None:
    """Let residents in. Raises NotReady while a needed step is not done; nothing happens when it is open already."""
    if is_open(municipality):
        return
    missing = missing_steps(checklist(session, municipality))
    if missing:
        raise NotReady(
            Text(
                "Yang masih perlu: " + ", ".join(item.title.id for item in missing) + ".",
                "Still needed: " + ", ".join(item.title.en for item in missing) + ".",
            )
        )
    set_status(session, municipality, "active")
    session.refresh(municipality)
