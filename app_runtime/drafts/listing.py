"""Somebody's drafts with the names of their forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_runtime.drafts.services import list_drafts
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick


@dataclass(frozen=True, slots=True)
class NamedDraft:
    """A draft in the list of its writer."""

    id: UUID
    title: str
    app_name: str
    href: str
    updated_at: datetime
    expires_at: datetime


def name_drafts(session: AnySession, account_id: UUID) -> list[NamedDraft]:
    """The account's drafts here, the newest first; without those whose form the app no longer has."""
    found = []
    for draft in list_drafts(session, account_id):
        installation = draft.installation
        definition = definition_by_digest(session, installation.definition_digest)
        page = definition.pages.get(draft.page)
        if page is not None and page.kind == "form":
            found.append(
                NamedDraft(
                    id=draft.id,
                    title=pick(page.title),
                    app_name=shown_name(installation, definition),
                    href=f"/{installation.slug}/{page.id}",
                    updated_at=draft.updated_at,
                    expires_at=draft.expires_at,
                )
            )
    return found
