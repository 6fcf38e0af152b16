"""The worker makes archives, tells who asked, and deletes them after a week."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import Engine, NullPool, create_engine, select, update

from lumbung.audit import record_audit
from lumbung.backup.manifest import Manifest
from lumbung.backup.placing import clear_all_unfinished
from lumbung.backup.writing import Source, make_archive
from lumbung.db import now
from lumbung.db.tenancy import SET_TENANT, AnySession, current_tenant
from lumbung.files.disk import FileDisk
from lumbung.messages import channel_available, render_email, send_email
from lumbung.outbox import GiveUp, Payload, effect_handler, periodic
from lumbung.secrets import KeyRing, UndecryptableError, decrypt
from lumbung.settings import Settings
from tenants.accounts.models import Account
from tenants.archives.models import ArchiveStatus, RequestedArchive
from tenants.archives.services import MAKE_ARCHIVE, archive_path, archives_folder, passphrase_context
from tenants.municipalities.addresses import manage_address
from tenants.municipalities.models import Municipality

KEPT = timedelta(days=7)
GIVEN_UP = timedelta(days=3)
"""Longer than the worker tries; what waits longer lost its work (the municipality was replaced by an archive)."""
_TOLD_EVERY = timedelta(seconds=2)


def _note_failure(session: AnySession, payload: Payload, reason: str) -> None:
    archive = _find(session, payload)
    if archive is not None:
        archive.status, archive.sealed_passphrase = ArchiveStatus.FAILED, None


@effect_handler(MAKE_ARCHIVE, on_failure=_note_failure)
def make_requested_archive(session: AnySession, payload: Payload) -> None:
    """Make the archive that was asked for. A worker that is killed over it begins again.

    Nothing happens when nobody waits for it any more. Raises GiveUp when its passphrase cannot be read.
    """
    archive = _find(session, payload)
    if archive is None or archive.status not in (ArchiveStatus.WAITING, ArchiveStatus.MAKING):
        # An archive holds the wish that it came from, and brings it along without its row.
        return
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    target = archive_path(archive)
    # A worker that was killed between the file and its row left one that nobody can take.
    target.unlink(missing_ok=True)
    engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)
    try:
        passphrase = (
            decrypt(archive.sealed_passphrase, context=passphrase_context(archive.id))
            if archive.sealed_passphrase
            else None
        )
    except UndecryptableError as error:
        raise GiveUp("passphrase is unreadable") from error
    manifest = make_archive(
        Source(
            engine=engine,
            files=FileDisk(settings.files_root),
            ring=KeyRing.from_secrets(settings.secret_key, settings.former_secret_keys),
        ),
        target,
        tenant_id=archive.tenant_id,
        passphrase=passphrase,
        tell=_Progress(engine, archive),
    )
    _finish(session, archive, manifest, target)


class _Progress:
    """Tells in transactions of its own how far it has come, at most every two seconds."""

    def __init__(self, engine: Engine, archive: RequestedArchive) -> None:
        self._engine, self._tenant_id, self._id = engine, archive.tenant_id, archive.id
        self._next = now()

    def __call__(self, what: str, done: int, of: int) -> None:
        if now() < self._next:
            return
        self._next = now() + _TOLD_EVERY
        share = done / of if of else 1.0
        percent = int(share * 30) if what == "tables" else 30 + int(share * 69)
        with self._engine.begin() as connection:
            connection.execute(SET_TENANT, {"tenant": self._tenant_id})
            connection.execute(
                update(RequestedArchive)
                .where(RequestedArchive.tenant_id == self._tenant_id, RequestedArchive.id == self._id)
                .values(status=ArchiveStatus.MAKING, progress=min(percent, 99))
            )


def _finish(session: AnySession, archive: RequestedArchive, manifest: Manifest, target: Path) -> None:
    archive.status, archive.progress, archive.sealed_passphrase = ArchiveStatus.READY, 100, None
    archive.rows = sum(table.rows for table in manifest.tables.values())
    archive.files, archive.size = manifest.files.count, target.stat().st_size
    archive.ready_at, archive.expires_at = now(), now() + KEPT
    record_audit(
        session,
        "backup.made",
        subject_type="archive",
        subject_id=archive.id,
        after={"rows": archive.rows, "files": archive.files, "missing": manifest.files.missing_count},
    )
    account = session.get(Account, archive.account_id)
    if account is None or not channel_available("email"):
        return
    municipality = session.get_one(Municipality, archive.tenant_id)
    mail = render_email(
        "archives/mail/ready",
        language="en" if account.language == "en" else "id",
        name=account.name,
        municipality=municipality.name,
        link=manage_address(session, "/data"),
    )
    send_email(
        session,
        to=account.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        sender_name=municipality.name,
        subject_ref=("archive", archive.id),
    )


def delete_old_archives(session: AnySession) -> int:
    """Delete the files of the municipality's archives whose week is over, what no row knows, and what killed workers
    left half made; return how many."""
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    expired = session.scalars(
        select(RequestedArchive).where(
            RequestedArchive.tenant_id == tenant_id,
            RequestedArchive.status == ArchiveStatus.READY,
            RequestedArchive.expires_at <= now(),
        )
    ).all()
    for archive in expired:
        archive.status = ArchiveStatus.GONE
    lost = session.scalars(
        select(RequestedArchive).where(
            RequestedArchive.tenant_id == tenant_id,
            RequestedArchive.status.in_((ArchiveStatus.WAITING, ArchiveStatus.MAKING)),
            RequestedArchive.created_at < now() - GIVEN_UP,
        )
    ).all()
    for archive in lost:
        archive.status, archive.sealed_passphrase = ArchiveStatus.FAILED, None
    session.flush()
    waiting = (ArchiveStatus.WAITING, ArchiveStatus.MAKING, ArchiveStatus.READY)
    kept = {
        f"{known}.tar"
        for known in session.scalars(
            select(RequestedArchive.id).where(
                RequestedArchive.tenant_id == tenant_id, RequestedArchive.status.in_(waiting)
            )
        )
    }
    folder = archives_folder(tenant_id)
    deleted = clear_all_unfinished(folder)
    for path in folder.glob("*.tar"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


@periodic(3600, name="delete-old-archives")
def _delete_old(session: AnySession) -> None:
    delete_old_archives(session)


def _find(session: AnySession, payload: Payload) -> RequestedArchive | None:
    return session.scalars(
        select(RequestedArchive).where(
            RequestedArchive.tenant_id == current_tenant(session),
            RequestedArchive.id == UUID(payload["archive_id"]),
        )
    ).one_or_none()
