"""`/manage/data/import`: a file, its columns, a preview, and then the records."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.families import parent_types
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_runtime.imports.forms import field_rows, read_form, read_words, special_rows, zones
from app_runtime.imports.mapping import Mapping
from app_runtime.imports.models import Import, ImportStatus
from app_runtime.imports.previewing import preview_import
from app_runtime.imports.reading.opening import MOST_MEGABYTES
from app_runtime.imports.reporting import refused_csv
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import (
    app_of_import,
    begin_import,
    discard_import,
    get_import,
    list_imports,
    pause_import,
    resume_import,
    set_mapping,
    start_import,
)
from app_runtime.imports.showing import (
    STATUS,
    map_address,
    shown_drafts,
    shown_notes,
    shown_problem,
    shown_reasons,
    targets,
)
from app_runtime.imports.words import unknown_words, with_words
from lumbung.db import db
from lumbung.errors import Invalid, TooLarge
from lumbung.i18n import pick, t
from lumbung.web.access import ADMIN, access, current_visitor

imports = Blueprint(
    "imports", __name__, url_prefix="/manage/data/import", subdomain="portal", template_folder="templates"
)
Page = str | AnyResponse | tuple[str, int]


@imports.get("")
@access(ADMIN)
def index() -> Page:
    """The form for a file, and earlier imports."""
    return _index_page({}, status=200)


@imports.post("")
@access(ADMIN)
def begin() -> Page:
    """Take a file and lead to its columns."""
    slug, _, record_type = request.form.get("target", "").partition("/")
    upload = request.files.get("file")
    if not upload or not upload.filename or not record_type:
        missing = {"file": [t("Pilih berkas.", "Choose a file.")]} if not upload or not upload.filename else {}
        if not record_type:
            missing["target"] = [t("Pilih tujuannya.", "Choose where it goes.")]
        return _index_page(missing, status=422)
    data = upload.stream.read(MOST_MEGABYTES * 1_000_000 + 1)
    try:
        installation = access_installation(db.session, slug)
        found = begin_import(
            db.session, installation, record_type, data=data, name=upload.filename, by=current_visitor()
        )
    except (Invalid, TooLarge) as error:
        db.session.rollback()
        return _index_page({"file": [str(error.message)]}, status=error.status)
    return redirect(url_for("imports.columns", import_id=found.id), 303)


@imports.get("/<uuid:import_id>/columns")
@access(ADMIN)
def columns(import_id: UUID) -> Page:
    """Which column becomes what."""
    found = get_import(db.session, import_id)
    if found.status != ImportStatus.DRAFT:
        return _to(found)
    return _columns_page(found, read_mapping(found.mapping), {}, status=200)


@imports.post("/<uuid:import_id>/columns")
@access(ADMIN)
def choose_columns(import_id: UUID) -> Page:
    """Keep what was chosen; words that mean nothing yet come next, else the preview."""
    found = get_import(db.session, import_id)
    app, kind = app_of_import(db.session, found)
    before = read_mapping(found.mapping)
    chosen = before
    try:
        chosen = read_form(request.form, kind, before)
        found = set_mapping(db.session, import_id, chosen)
    except Invalid as error:
        db.session.rollback()
        return _columns_page(get_import(db.session, import_id), chosen, dict(error.fields), status=422)
    words = unknown_words(app, kind, chosen, found.columns)
    return redirect(url_for("imports.words" if words else "imports.preview", import_id=import_id), 303)


@imports.get("/<uuid:import_id>/words")
@access(ADMIN)
def words(import_id: UUID) -> Page:
    """What the words of choices, states and agencies mean."""
    found = get_import(db.session, import_id)
    if found.status != ImportStatus.DRAFT:
        return _to(found)
    app, kind = app_of_import(db.session, found)
    tables = unknown_words(app, kind, read_mapping(found.mapping), found.columns)
    return render_template("imports/words.html", found=found, tables=tables)


@imports.post("/<uuid:import_id>/words")
@access(ADMIN)
def choose_words(import_id: UUID) -> Page:
    """Keep what the words mean."""
    found = get_import(db.session, import_id)
    set_mapping(db.session, import_id, with_words(read_mapping(found.mapping), read_words(request.form)))
    return redirect(url_for("imports.preview", import_id=import_id), 303)


@imports.get("/<uuid:import_id>/preview")
@access(ADMIN)
def preview(import_id: UUID) -> Page:
    """The first lines as they would come in."""
    found = get_import(db.session, import_id)
    if found.status != ImportStatus.DRAFT:
        return _to(found)
    tried = preview_import(db.session, found, read_mapping(found.mapping))
    return render_template(
        "imports/preview.html",
        found=found,
        preview=tried,
        lines=shown_drafts(tried),
        reasons=shown_reasons(tried),
        name=_target_name(found),
        unchecked=_unchecked(found, tried.kind),
    )


@imports.post("/<uuid:import_id>/start")
@access(ADMIN)
def start(import_id: UUID) -> Page:
    """Bring the lines in."""
    found = get_import(db.session, import_id)
    start_import(
        db.session,
        import_id,
        mapping=read_mapping(found.mapping),
        start_clocks=request.form.get("start_clocks") == "1",
        send_messages=request.form.get("send_messages") == "1",
    )
    return _to(found)


@imports.get("/<uuid:import_id>")
@access(ADMIN)
def show(import_id: UUID) -> Page:
    """How far it is, and what came of it."""
    found = get_import(db.session, import_id)
    if found.status == ImportStatus.DRAFT:
        return redirect(url_for("imports.columns", import_id=import_id), 303)
    app, kind = app_of_import(db.session, found)
    slug = app.installation.slug
    return render_template(
        "imports/show.html",
        found=found,
        status=STATUS[found.status],
        why=shown_problem(found),
        name=_target_name(found),
        slug=slug,
        map_address=map_address(found.record_type, slug, app.definition),
        unchecked=_unchecked(found, kind),
        lines=shown_notes(db.session, found) if found.status != ImportStatus.RUNNING else [],
    )


@imports.get("/<uuid:import_id>/progress")
@access(ADMIN)
def progress(import_id: UUID) -> Response:
    """The bar alone, for a page that is open; once nothing runs any more the page is to load anew."""
    found = get_import(db.session, import_id)
    answer = make_response(render_template("imports/_progress.html", found=found))
    if found.status != ImportStatus.RUNNING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@imports.post("/<uuid:import_id>/pause")
@access(ADMIN)
def pause(import_id: UUID) -> Page:
    """Hold it after the batch that is under way."""
    return _to(pause_import(db.session, import_id))


@imports.post("/<uuid:import_id>/resume")
@access(ADMIN)
def resume(import_id: UUID) -> Page:
    """Go on where it stopped."""
    return _to(resume_import(db.session, import_id))


@imports.post("/<uuid:import_id>/discard")
@access(ADMIN)
def discard(import_id: UUID) -> Page:
    """Throw a draft away."""
    discard_import(db.session, import_id)
    flash(t("Berkas dibuang; tidak ada yang diimpor.", "The file is gone; nothing was brought in."), "success")
    return redirect(url_for("imports.index"), 303)


@imports.get("/<uuid:import_id>/refused.csv")
@access(ADMIN)
def refused(import_id: UUID) -> Response:
    """The lines that were refused, with the reasons."""
    answer = make_response(refused_csv(db.session, get_import(db.session, import_id)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="ditolak-refused.csv"'
    return answer


def _to(found: Import) -> AnyResponse:
    return redirect(url_for("imports.show", import_id=found.id), 303)


def _unchecked(found: Import, kind: RecordType) -> bool:
    """Whether officials may have to publish each record before the public sees it."""
    return kind.published is not None and not (found.mapping or {}).get("checked")


def _target_name(found: Import) -> str:
    app, kind = app_of_import(db.session, found)
    return f"{shown_name(app.installation, app.definition)}: {pick(kind.name)}"


def _index_page(errors: dict[str, list[str]], *, status: int) -> Page:
    page = render_template(
        "imports/index.html",
        targets=targets(db.session),
        chosen=request.form.get("target", ""),
        imports=list_imports(db.session),
        status=STATUS,
        errors=errors,
        most=MOST_MEGABYTES,
    )
    return page if status == 200 else (page, status)


def _columns_page(found: Import, mapping: Mapping, errors: dict[str, list[str]], *, status: int) -> Page:
    app, kind = app_of_import(db.session, found)
    zone = mapping.zone or app.municipality.timezone
    page = render_template(
        "imports/columns.html",
        found=found,
        name=_target_name(found),
        mapping=replace(mapping, zone=zone),
        rows=field_rows(app, kind, mapping),
        specials=special_rows(mapping, parents=bool(parent_types([app.definition], kind.id))),
        zones=zones(zone),
        flow=kind.workflow is not None,
        publishes=kind.published is not None,
        errors=errors,
    )
    return page if status == 200 else (page, status)
