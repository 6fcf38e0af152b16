"""`/publish/<publisher>/builder`: writing a package in the browser, its source at the left and the result at the right.

Whatever is typed is kept; with a script the result comes by itself, without one when somebody saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.definitions.archive import MAX_ARCHIVE
from app_catalog.definitions.check import check_package
from app_catalog.definitions.model import Page
from app_catalog.definitions.shape.scalars import is_id
from app_catalog.publishers.blueprint import own_account
from app_catalog.publishers.members import access_publisher
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import Package, PackageRefused, read_package_source
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import submit_package
from app_catalog.starters.files import starter_files
from app_runtime.builder.drafts import (
    archive_of,
    drop_draft,
    find_draft,
    get_draft,
    in_order,
    keep_draft,
    source_of,
    texts_of_archive,
    with_file,
)
from app_runtime.builder.models import PackageDraft
from app_runtime.builder.showing import pages_to_show, show_page
from lumbung.db import db, now
from lumbung.errors import Invalid, LumbungError, TooLarge
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import SIGNED_IN, access

builder = Blueprint(
    "builder", __name__, subdomain="hub", url_prefix="/publish/<slug>/builder", template_folder="templates"
)
SHOWN = Limit("builder-shown", 900, 3600)
"""Each look checks the package and makes a page of it, which takes a part of a second of the processor."""
SUBMITTED = Limit("builder-submitted", 30, 3600)
FILE = "file:"
Answer = str | AnyResponse | tuple[str, int]


@dataclass(slots=True)
class Result:
    """What became of the files: what is wrong with them, the pages that can be shown, and the one that is."""

    refused: PackageRefused | None = None
    package: Package | None = None
    pages: list[Page] = field(default_factory=list)
    page: Page | None = None
    html: str | None = None


@builder.get("")
@access(SIGNED_IN)
def page(slug: str) -> Answer:
    """The files with what they become, or how to begin."""
    publisher = _publisher(slug)
    draft = find_draft(db.session, publisher, own_account())
    if draft is None:
        return render_template("builder/start.html", publisher=publisher, errors={}, typed={})
    return _shown(publisher, draft.files, draft=draft)


@builder.post("/start")
@access(SIGNED_IN)
def start(slug: str) -> Answer:
    """Begin with a small whole app, or with the package in a zip."""
    publisher = _publisher(slug)
    try:
        files = _first_files()
        keep_draft(db.session, publisher, own_account(), files)
    except LumbungError as error:
        if error.status >= 500:
            raise
        fields = error.fields if isinstance(error, Invalid) else {"package": [str(error.message)]}
        shown = render_template("builder/start.html", publisher=publisher, errors=fields, typed=request.form)
        return shown, error.status
    return redirect(url_for("builder.page", slug=slug), 303)


@builder.post("")
@access(SIGNED_IN)
def save(slug: str) -> Answer:
    """Keep what was typed; then add a file, take one out, or show the result."""
    publisher = _publisher(slug)
    files, do = _typed(), request.form.get("do", "")
    try:
        if do == "add":
            files = with_file(files, request.form.get("path", "").strip())
        if do.startswith("remove:"):
            files.pop(do.removeprefix("remove:"), None)
        draft = keep_draft(db.session, publisher, own_account(), files)
    except (Invalid, TooLarge) as error:
        fields = error.fields if isinstance(error, Invalid) else {"path": [str(error.message)]}
        return _shown(publisher, files, errors=fields), error.status
    if request.headers.get("HX-Request") == "true":
        spend(SHOWN, str(own_account()))
        return render_template("builder/_result.html", publisher=publisher, draft=draft, result=_result(draft.files))
    return redirect(url_for("builder.page", slug=slug, page=request.form.get("page") or None), 303)


@builder.get("/package.zip")
@access(SIGNED_IN)
def package(slug: str) -> Response:
    """The draft as a zip."""
    draft = get_draft(db.session, _publisher(slug), own_account())
    answer = Response(archive_of(draft.files), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename="package.zip")
    return answer


@builder.post("/submit")
@access(SIGNED_IN)
def submit(slug: str) -> Answer:
    """Submit the draft as it was kept, as from a zip."""
    publisher = _publisher(slug)
    spend(SUBMITTED, str(own_account()))
    draft = get_draft(db.session, publisher, own_account())
    try:
        outcome = submit_package(db.session, publisher, archive_of(draft.files), account_id=own_account())
    except LumbungError as error:
        if error.status >= 500:
            raise
        return _shown(publisher, draft.files, errors={"submit": [str(error.message)]}, draft=draft), error.status
    if isinstance(outcome, PackageRefused):
        return _shown(publisher, draft.files, submitted=outcome, draft=draft), 422
    _tell(outcome)
    app = db.session.get_one(App, outcome.app_id)
    return redirect(url_for("publishing.own_app", slug=slug, app_slug=app.slug), 303)


@builder.post("/drop")
@access(SIGNED_IN)
def drop(slug: str) -> Answer:
    """Forget the draft."""
    drop_draft(db.session, _publisher(slug), own_account())
    flash(t("Naskah dihapus.", "The draft was deleted."), "success")
    return redirect(url_for("builder.page", slug=slug), 303)


def _publisher(slug: str) -> Publisher:
    return access_publisher(db.session, own_account(), slug)


def _first_files() -> dict[str, str]:
    sent = request.files.get("package")
    if sent is not None and sent.filename:
        archive = sent.read(MAX_ARCHIVE + 1)
        sent.close()
        return texts_of_archive(archive)
    app_id = request.form.get("app_id", "").strip()
    name = request.form.get("name", "").strip()[:60]
    name_en = request.form.get("name_en", "").strip()[:60]
    if not is_id(app_id):
        words = t(
            "Pakai huruf kecil dan angka, disambung dengan “-”, misalnya surat-domisili.",
            "Use small letters and digits, joined by “-”, such as street-lights.",
        )
        raise Invalid(fields={"app_id": [words]})
    if not name:
        raise Invalid(fields={"name": [t("Tulis nama aplikasi.", "Write the app's name.")]})
    files = starter_files(app_id, name=name, name_en=name_en or name, day=now().date())
    if any(problem.severity == "error" for problem in check_package(source_of(_decoded(files))).problems):
        raise Invalid(fields={"name": [t("Nama ini tidak dapat dipakai.", "This name cannot be used.")]})
    return _decoded(files)


def _decoded(files: dict[str, bytes]) -> dict[str, str]:
    return {path: data.decode() for path, data in files.items()}


def _typed() -> dict[str, str]:
    """The files of the form; browsers end lines in forms with two characters."""
    return {
        name.removeprefix(FILE): text.replace("\r\n", "\n")
        for name, text in request.form.items()
        if name.startswith(FILE)
    }


def _result(files: dict[str, str]) -> Result:
    read = read_package_source(source_of(files))
    if isinstance(read, PackageRefused):
        return Result(refused=read)
    pages = pages_to_show(read.definition)
    asked = request.values.get("page", "")
    chosen = next((page for page in pages if page.id == asked), pages[0] if pages else None)
    html = show_page(db.session, read.definition, chosen) if chosen is not None else None
    return Result(package=read, pages=pages, page=chosen, html=html)


def _shown(
    publisher: Publisher,
    files: dict[str, str],
    *,
    errors: Mapping[str, list[str]] | None = None,
    submitted: PackageRefused | None = None,
    draft: PackageDraft | None = None,
) -> str:
    spend(SHOWN, str(own_account()))
    return render_template(
        "builder/builder.html",
        publisher=publisher,
        files=in_order(files),
        draft=draft,
        result=Result(refused=submitted) if submitted is not None else _result(files),
        submitted=submitted is not None,
        errors=errors or {},
        prefix=FILE,
    )


def _tell(release: Release) -> None:
    event = newest_event(db.session, release.id)
    if event is not None and event.kind == "published":
        flash(t("Versi {version} terbit.", "Version {version} is published.", version=release.version), "success")
    else:
        flash(
            t(
                "Versi {version} diterima dan menunggu kurator. Alasannya ada di bawah.",
                "Version {version} was taken and waits for a curator. The reasons are below.",
                version=release.version,
            ),
            "warning",
        )
