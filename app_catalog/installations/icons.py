"""A municipality's own icon for an app."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, url_for

from app_catalog.installations.models import Installation
from app_catalog.installations.services import find_installation
from lumbung.audit import record_audit
from lumbung.db import db
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.files import attach_file, get_file, send_stored_file, store_photo
from lumbung.web.access import PUBLIC, access
from tenants.plans.catalogue import Resource
from tenants.plans.stopping import require_room

ICON_EDGE = 256
MAX_ICON_BYTES = 2 * 1024 * 1024

own_icons = Blueprint("own_icons", __name__, subdomain="portal")


def set_icon(session: AnySession, installation: Installation, data: bytes, *, uploaded_by: UUID | None) -> None:
    """Show this picture in place of the package's icon, written anew at most 256 pixels wide.

    Raises ImageRefused when `data` is no picture, too large or damaged, QuotaReached and NoRoomLeft where the
    municipality's files reach their limit.
    """
    require_room(session, Resource.FILES, adding=len(data))
    stored = store_photo(
        session,
        data,
        name="icon.jpg",
        uploaded_by=uploaded_by,
        public=True,
        max_bytes=MAX_ICON_BYTES,
        max_edge=ICON_EDGE,
    )
    attach_file(session, stored, "installation", installation.id)
    before = installation.icon_file_id
    installation.icon_file_id = stored.id
    record_audit(
        session,
        "app.icon-changed",
        subject_type="installation",
        subject_id=installation.id,
        before={"icon": str(before) if before else None},
        after={"icon": str(stored.id)},
    )


def remove_icon(session: AnySession, installation: Installation) -> None:
    """Show the package's icon again."""
    installation.icon_file_id = None
    record_audit(session, "app.icon-removed", subject_type="installation", subject_id=installation.id)


def icon_url(installation: Installation) -> str:
    """Address of the icon that this municipality shows for the app."""
    if installation.icon_file_id is None:
        return f"/apps/{installation.slug}/icon.svg"
    return url_for("own_icons.own_icon", slug=installation.slug, v=str(installation.icon_file_id)[-12:])


@own_icons.get("/app-icons/<slug>")
@access(PUBLIC)
def own_icon(slug: str) -> Response:
    """The municipality's own icon of an app."""
    installation = find_installation(db.session, slug, with_disabled=True)
    if installation is None or installation.icon_file_id is None:
        raise NotFound
    return send_stored_file(get_file(db.session, installation.icon_file_id))
