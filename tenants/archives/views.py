"""`/manage/data`: the municipality's own data, to take along."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db, now
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, t
from lumbung.web.access import ADMIN, access, current_visitor
from tenants.accounts.limits import spend_password_check
from tenants.archives.models import ArchiveStatus
from tenants.archives.services import list_archives, request_archive, take_archive

archives = Blueprint("archives", __name__, url_prefix="/manage/data", subdomain="portal", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]

STATUS = {
    ArchiveStatus.WAITING: (Text("menunggu", "waiting"), "grey"),
    ArchiveStatus.MAKING: (Text("sedang dibuat", "being made"), "blue"),
    ArchiveStatus.READY: (Text("siap diunduh", "ready"), "green"),
    ArchiveStatus.FAILED: (Text("gagal", "failed"), "red"),
    ArchiveStatus.GONE: (Text("sudah dihapus", "deleted"), "grey"),
}


@archives.get("")
@access(ADMIN)
def index() -> Page:
    """What may be taken along, the form for it, and earlier archives."""
    return _page({}, status=200)


@archives.get("/archives")
@access(ADMIN)
def listed() -> Page:
    """The list of archives alone, for a page that waits."""
    return render_template("archives/_list.html", **_known())


@archives.post("/archives")
@access(ADMIN)
def ask() -> Page:
    """Ask for an archive; the password is asked again, because everything leaves with it."""
    visitor = current_visitor()
    spend_password_check(visitor.account_id)
    try:
        request_archive(
            db.session,
            visitor,
            password=request.form.get("password", ""),
            passphrase=request.form.get("passphrase", "").strip(),
        )
    except Invalid as error:
        return _page(error.fields, status=422)
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("archives.index"), 303)
    flash(t("Arsip sedang dibuat.", "The archive is being made."), "success")
    return redirect(url_for("archives.index"), 303)


@archives.get("/archives/<uuid:archive_id>")
@access(ADMIN)
def download(archive_id: UUID) -> Response:
    """The archive itself."""
    path = take_archive(db.session, archive_id)
    answer = send_file(
        path, mimetype="application/x-tar", as_attachment=True, download_name=f"lumbung-{archive_id}.tar", max_age=0
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(errors: object, *, status: int) -> tuple[str, int]:
    return render_template("archives/index.html", errors=errors, **_known()), status


def _known() -> dict[str, object]:
    found = list_archives(db.session)
    under_way = any(one.status in (ArchiveStatus.WAITING, ArchiveStatus.MAKING) for one in found)
    return {"archives": found, "under_way": under_way, "status": STATUS, "now": now()}
