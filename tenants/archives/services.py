"""Asking for an archive of the municipality, and having it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.backup.sealing import SHORTEST_PASSPHRASE
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.outbox import enqueue_effect
from lumbung.secrets import encrypt
from lumbung.settings import Settings
from lumbung.web.access import Visitor
from tenants.accounts.passwords import verify_password
from tenants.accounts.services import get_account
from tenants.archives.models import ArchiveStatus, RequestedArchive

MAKE_ARCHIVE = "make-archive"


def request_archive(session: AnySession, visitor: Visitor, *, password: str, passphrase: str = "") -> RequestedArchive:
    """Have the worker make an archive of everything that the municipality of the session has here.

    With a passphrase its secret settings and tracking codes can be opened at another installation. The caller spends
    from the limits first. Raises Invalid with `fields` for a wrong password or a short passphrase, Conflict while
    another archive is being made.
    """
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    assert visitor.account_id is not None
    problems: dict[str, list[str]] = {}
    if not verify_password(get_account(session, visitor.account_id).password_hash, password):
        problems["password"] = [str(Text("Kata sandi tidak cocok.", "The password does not match."))]
    if passphrase and len(passphrase) < SHORTEST_PASSPHRASE:
        problems["passphrase"] = [
            str(Text("Paling sedikit {n} karakter.", "At least {n} characters.").format(n=SHORTEST_PASSPHRASE))
        ]
    if problems:
        raise Invalid(fields=problems)
    archive_id = new_id()
    archive = RequestedArchive(
        tenant_id=tenant_id,
        id=archive_id,
        account_id=visitor.account_id,
        actor_name=visitor.name,
        with_secrets=bool(passphrase),
        sealed_passphrase=encrypt(passphrase, context=passphrase_context(archive_id)) if passphrase else None,
    )
    try:
        with session.begin_nested():
            session.add(archive)
    except IntegrityError as error:
        if violated_constraint(error) == "uq_requested_archives_under_way":
            raise Conflict(
                Text(
                    "Arsip lain sedang dibuat. Tunggu sampai selesai.",
                    "Another archive is being made. Wait until it is done.",
                )
            ) from error
        raise
    record_audit(
        session,
        "archive.requested",
        subject_type="archive",
        subject_id=archive_id,
        after={"with_secrets": archive.with_secrets},
    )
    enqueue_effect(session, MAKE_ARCHIVE, {"archive_id": str(archive_id)}, dedupe_key=f"{MAKE_ARCHIVE}:{archive_id}")
    return archive


def list_archives(session: AnySession, *, limit: int = 20) -> Sequence[RequestedArchive]:
    """The archives that were asked for, the newest first."""
    query = select(RequestedArchive).where(RequestedArchive.tenant_id == current_tenant(session))
    return session.scalars(query.order_by(RequestedArchive.id.desc()).limit(limit)).all()


def take_archive(session: AnySession, archive_id: UUID) -> Path:
    """Where the file of a finished archive lies; that it was taken is noted. Raises NotFound when there is none, it is
    not made yet, or its week is over."""
    archive = session.scalars(
        select(RequestedArchive).where(
            RequestedArchive.tenant_id == current_tenant(session),
            RequestedArchive.id == archive_id,
            RequestedArchive.status == ArchiveStatus.READY,
            RequestedArchive.expires_at > now(),
        )
    ).one_or_none()
    if archive is None or not archive_path(archive).is_file():
        raise NotFound
    record_audit(session, "archive.downloaded", subject_type="archive", subject_id=archive_id)
    return archive_path(archive)


def archive_path(archive: RequestedArchive) -> Path:
    """Where the archive's file lies, or will."""
    return archives_folder(archive.tenant_id) / f"{archive.id}.tar"


def archives_folder(tenant_id: UUID) -> Path:
    """The folder of a municipality's archives; beside the files, so that none gets into the next archive."""
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return settings.instance / "archives" / str(tenant_id)


def passphrase_context(archive_id: UUID) -> str:
    """What binds a kept passphrase to its archive."""
    return f"requested_archives:{archive_id}:passphrase"
