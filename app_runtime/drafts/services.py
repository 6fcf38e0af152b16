"""Drafts of forms: kept for their writer alone, found again by page, and gone after a month, on request or once sent.

What a draft holds are the texts as they were typed, by name of control, so that another version of the app shows again
whatever still fits. No list, figure or search reads this table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.installations.models import Installation
from app_runtime.drafts.models import FormDraft
from app_runtime.photos.uploads import DRAFT, KeptFile, keep_again
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.files import attach_file, detach_file, find_file, list_files
from lumbung.ids import new_id
from lumbung.outbox import periodic
from lumbung.secrets import UndecryptableError, decrypt, encrypt

KEPT_FOR = timedelta(days=30)
"""Counted from the last time that something was kept."""

Texts = Mapping[str, Sequence[str]]
Files = Mapping[str, Sequence[KeptFile]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a draft: `texts` by name of control, `files` by field, the step that it was left at."""

    id: UUID
    key: str
    step: str
    texts: Texts
    files: Files
    updated_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft among one's own: of which form it is, and until when it is kept."""

    id: UUID
    installation: Installation
    page: str
    updated_at: datetime
    expires_at: datetime


def save_draft(
    session: AnySession,
    installation: Installation,
    page: str,
    account_id: UUID,
    *,
    key: str,
    step: str,
    texts: Texts,
    files: Files,
) -> None:
    """Keep what stands in this form, in the place of what was kept before, for thirty days."""
    moment = now()
    kept = {name: [[str(one.file_id), one.name, one.digest] for one in many] for name, many in files.items() if many}
    content = {"key": key, "step": step, "texts": {name: list(many) for name, many in texts.items()}, "files": kept}
    values = {
        "sealed": encrypt(json.dumps(content), context=sealed_for(installation.tenant_id, account_id)),
        "updated_at": moment,
        "expires_at": moment + KEPT_FOR,
    }
    made = insert(FormDraft).values(
        tenant_id=installation.tenant_id,
        id=new_id(),
        account_id=account_id,
        installation_id=installation.id,
        page=page,
        created_at=moment,
        **values,
    )
    draft_id = session.execute(
        made.on_conflict_do_update(constraint="uq_form_drafts_page", set_=values).returning(FormDraft.id)
    ).scalar_one()
    _hold_files(session, draft_id, {one.file_id for many in files.values() for one in many})


def find_draft(session: AnySession, installation: Installation, page: str, account_id: UUID) -> Draft | None:
    """What this account has begun in this form; None when there is nothing, or nothing that can be read."""
    row = session.scalars(
        select(FormDraft).where(
            FormDraft.tenant_id == installation.tenant_id,
            FormDraft.account_id == account_id,
            FormDraft.installation_id == installation.id,
            FormDraft.page == page,
            FormDraft.expires_at > now(),
        )
    ).one_or_none()
    if row is None:
        return None
    try:
        content = json.loads(decrypt(row.sealed, context=sealed_for(row.tenant_id, account_id)))
    except UndecryptableError:
        return None
    files = {
        name: [kept for file_id, own, digest in many if (kept := keep_again(session, UUID(file_id), own, digest))]
        for name, many in content["files"].items()
    }
    return Draft(row.id, content["key"], content["step"], content["texts"], files, row.updated_at, row.expires_at)


def list_drafts(session: AnySession, account_id: UUID) -> list[ListedDraft]:
    """The account's own drafts in the session's municipality, of apps that run, the newest first."""
    query = (
        select(FormDraft, Installation)
        .join(
            Installation,
            (Installation.tenant_id == FormDraft.tenant_id) & (Installation.id == FormDraft.installation_id),
        )
        .where(
            FormDraft.tenant_id == current_tenant(session),
            FormDraft.account_id == account_id,
            FormDraft.expires_at > now(),
            Installation.status == "enabled",
        )
        .order_by(FormDraft.updated_at.desc())
    )
    return [
        ListedDraft(row.id, installation, row.page, row.updated_at, row.expires_at)
        for row, installation in session.execute(query)
    ]


def erase_draft(session: AnySession, account_id: UUID, draft_id: UUID) -> None:
    """Erase one's own draft. Raises NotFound when it is another's, or not there."""
    mine = (FormDraft.id == draft_id, FormDraft.account_id == account_id)
    query = delete(FormDraft).where(FormDraft.tenant_id == current_tenant(session), *mine).returning(FormDraft.id)
    if session.execute(query).scalar() is None:
        raise NotFound
    _let_files_go(session, [draft_id])


def drop_draft(session: AnySession, installation: Installation, page: str, account_id: UUID) -> None:
    """Take away the draft of a form that is being sent; its files are free for the record."""
    query = delete(FormDraft).where(
        FormDraft.tenant_id == installation.tenant_id,
        FormDraft.account_id == account_id,
        FormDraft.installation_id == installation.id,
        FormDraft.page == page,
    )
    _let_files_go(session, session.scalars(query.returning(FormDraft.id)).all())


def erase_expired(session: AnySession) -> int:
    """Erase what was not touched for thirty days in the session's municipality; returns how many there were."""
    query = delete(FormDraft).where(FormDraft.tenant_id == current_tenant(session), FormDraft.expires_at <= now())
    gone = session.scalars(query.returning(FormDraft.id)).all()
    _let_files_go(session, gone)
    return len(gone)


@periodic(24 * 3600, name="erase-drafts")
def _daily(session: AnySession) -> None:
    erase_expired(session)


def sealed_for(tenant_id: object, account_id: object) -> str:
    """The place that a draft is encrypted for: its writer here."""
    return f"form_drafts:{tenant_id}:{account_id}"


def _hold_files(session: AnySession, draft_id: UUID, wanted: set[UUID]) -> None:
    held = {file.id: file for file in list_files(session, DRAFT, draft_id)}
    for file_id in wanted - held.keys():
        file = find_file(session, file_id)
        if file is not None and file.subject_type is None:
            attach_file(session, file, DRAFT, draft_id)
    for file_id in held.keys() - wanted:
        detach_file(session, held[file_id])


def _let_files_go(session: AnySession, drafts: Iterable[UUID]) -> None:
    for draft_id in drafts:
        for file in list_files(session, DRAFT, draft_id):
            detach_file(session, file)
