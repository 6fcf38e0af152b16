"""`/publish/<slug>/upload`: sending a package from the browser."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from app_catalog.definitions.archive import MAX_ARCHIVE
from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.members import access_publisher
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import submit_package
from lumbung.db import db
from lumbung.errors import LumbungError, TooLarge
from lumbung.i18n import Text, t
from lumbung.limits import Limit, spend
from lumbung.web.access import SIGNED_IN, access

UPLOADS = Limit("package-upload", 60, 3600)
_TOO_LARGE = Text(
    "Paket paling besar {limit} MB. Keluarkan berkas yang tidak perlu, atau perkecil tangkapan layarnya.",
    "A package has at most {limit} MB. Leave out what is not needed, or make its screenshots smaller.",
).format(limit=MAX_ARCHIVE // (1024 * 1024))


@publishing.get("/<slug>/upload")
@access(SIGNED_IN)
def upload_form(slug: str) -> Page:
    """The form for a package."""
    return _upload_page(access_publisher(db.session, own_account(), slug))


@publishing.post("/<slug>/upload")
@access(SIGNED_IN)
def upload(slug: str) -> Page:
    """Check, sign and publish a package, or say everything that is wrong with it."""
    publisher = access_publisher(db.session, own_account(), slug)
    spend(UPLOADS, str(own_account()))
    try:
        outcome = submit_package(
            db.session,
            publisher,
            _sent_archive(),
            account_id=own_account(),
            channel=request.form.get("channel", "stable"),
        )
    except LumbungError as error:
        if error.status >= 500:
            raise
        return _upload_page(publisher, problem=error), error.status
    if isinstance(outcome, PackageRefused):
        return _upload_page(publisher, refused=outcome), 422
    return redirect(_next_page(publisher, outcome), code=303)


def _sent_archive() -> bytes:
    sent = request.files.get("package")
    archive = b""
    if sent is not None:
        archive = sent.read(MAX_ARCHIVE + 1)
        sent.close()
    if len(archive) > MAX_ARCHIVE:
        raise TooLarge(_TOO_LARGE)
    return archive


def _next_page(publisher: Publisher, release: Release) -> str:
    event = newest_event(db.session, release.id)
    app = db.session.get_one(App, release.app_id)
    if event is not None and event.kind == "published":
        flash(t("Versi {version} terbit.", "Version {version} is published.", version=release.version), "success")
        return url_for("catalog.release_page", slug=app.slug, version=release.version)
    flash(
        t(
            "Versi {version} diterima dan menunggu kurator. Alasannya ada di bawah; Anda mendapat surel begitu "
            "diputuskan.",
            "Version {version} was taken and waits for a curator. The reasons are below; you get an e-mail once it is "
            "decided.",
            version=release.version,
        ),
        "warning",
    )
    return url_for("publishing.own_app", slug=publisher.slug, app_slug=app.slug)


def _upload_page(
    publisher: Publisher, *, refused: PackageRefused | None = None, problem: LumbungError | None = None
) -> str:
    return render_template(
        "releases/upload.html",
        publisher=publisher,
        refused=refused,
        problem=problem,
        channel=request.form.get("channel", "stable"),
    )
