"""`/manage/apps/<app>/versions` and `/moves`: look, switch, move, take back."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.catalog.difference_words import group_differences
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.forms import Answers, shown_settings
from app_catalog.installations.held_values import find_misfits
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation, agency_keys
from app_catalog.installations.versions import set_policy, switch_version
from app_runtime.upgrades.forms import asked_settings, read_mapping, read_settings
from app_runtime.upgrades.report import UpgradeReport, make_report, play_scenarios
from app_runtime.upgrades.running import may_undo, start_move, start_undo
from app_runtime.upgrades.showing import access_move, access_release, get_move_page, get_versions_page, list_told
from app_runtime.upgrades.wording import (
    change_items,
    move_words,
    problem_words,
    setting_words,
)
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import pick, t
from lumbung.limits import Limit, spend
from lumbung.web.access import ADMIN, access, current_visitor
from lumbung.web.sites import current_municipality, current_site
from tenants.regions.areas import areas_of

upgrades = Blueprint(
    "upgrades", __name__, url_prefix="/manage/apps/<slug>", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]
PROVING = Limit("upgrade-proofs", 60, 3600)
"""Each plays all scenarios of a package, which may take seconds of the processor."""


@upgrades.get("/versions")
@access(ADMIN)
def versions(slug: str) -> Page:
    """The version of new records, what else is on offer, and which versions records are on."""
    installation = access_installation(db.session, slug)
    page = get_versions_page(db.session, installation)
    return render_template(
        "upgrades/versions.html",
        installation=installation,
        name=_name(installation),
        page=page,
        history=change_items(page.changes, current_site().timezone),
        move_words=move_words,
    )


@upgrades.post("/versions")
@access(ADMIN)
def change_policy(slug: str) -> Page:
    """Which new versions are taken by themselves."""
    installation = access_installation(db.session, slug)
    set_policy(
        db.session,
        installation,
        policy=request.form.get("policy", ""),
        channel="beta" if request.form.get("beta") == "1" else "stable",
    )
    flash(t("Disimpan.", "Saved."), "success")
    return redirect(url_for("upgrades.versions", slug=slug), 303)


@upgrades.get("/versions/<version>")
@access(ADMIN)
def report(slug: str, version: str) -> Page:
    """What another version would mean here."""
    installation = access_installation(db.session, slug)
    release = access_release(db.session, installation, version)
    return _report_page(installation, make_report(db.session, installation, release), {}, Answers())


@upgrades.get("/versions/<version>/proofs")
@access(ADMIN)
def proofs(slug: str, version: str) -> Page:
    """The version's scenarios, played now under the municipality's own settings: they take a few seconds."""
    installation = access_installation(db.session, slug)
    release = access_release(db.session, installation, version)
    spend(PROVING, str(current_visitor().account_id))
    whole = request.headers.get("HX-Request") != "true"
    return render_template(
        "upgrades/proofs.html" if whole else "upgrades/_proofs.html",
        installation=installation,
        name=_name(installation),
        version=version,
        scenarios=play_scenarios(db.session, installation, release),
    )


@upgrades.post("/versions/<version>")
@access(ADMIN)
def switch(slug: str, version: str) -> Page:
    """From now on new records are made by this version."""
    installation = access_installation(db.session, slug)
    release = access_release(db.session, installation, version)
    seen_settings = installation.settings_version
    made = make_report(db.session, installation, release)
    answers, overrides = read_settings(made, request.form, zone=_zone())
    visitor = current_visitor()
    try:
        change = switch_version(
            db.session,
            installation,
            release,
            overrides=overrides,
            secrets=answers.secrets,
            seen_digest=request.form.get("seen_digest") or None,
            seen_settings=seen_settings,
            account_id=visitor.account_id,
            actor_name=visitor.name,
            reason=request.form.get("reason", "").strip()[:500],
            findings=made.as_findings(),
        )
    except Invalid as error:
        return _report_page(installation, made, error.fields, answers), 422
    flash(
        t(
            "Berkas baru kini memakai versi {version}. Berkas yang berjalan tetap pada versinya.",
            "New records are made by version {version} now. Running ones stay on theirs.",
            version=change.to_version,
        ),
        "success",
    )
    return redirect(url_for("upgrades.versions", slug=slug), 303)


@upgrades.get("/moves/new")
@access(ADMIN)
def prepare_move(slug: str) -> Page:
    """What has to be answered before running records are moved to the present version."""
    return _move_page(access_installation(db.session, slug), {})


@upgrades.post("/moves/new")
@access(ADMIN)
def begin_move(slug: str) -> Page:
    """Move the chosen records as a job."""
    installation = access_installation(db.session, slug)
    digest, record_type = request.args.get("from", ""), request.args.get("type", "")
    page = get_move_page(db.session, installation, digest, record_type)
    visitor = current_visitor()
    try:
        move = start_move(
            db.session,
            installation,
            record_type,
            from_digest=digest,
            to_digest=installation.definition_digest,
            states=request.form.getlist("states"),
            mapping=read_mapping(request.form, page.kind, page.after.records[record_type]),
            account_id=visitor.account_id,
            actor_name=visitor.name,
        )
    except Invalid as error:
        return _move_page(installation, error.fields), 422
    return redirect(url_for("upgrades.show_move", slug=slug, move_id=move.id), 303)


@upgrades.get("/moves/<uuid:move_id>")
@access(ADMIN)
def show_move(slug: str, move_id: UUID) -> Page:
    """How far a move has come, and what it could not do."""
    installation = access_installation(db.session, slug)
    move = access_move(db.session, installation, move_id)
    return render_template(
        "upgrades/move.html",
        installation=installation,
        name=_name(installation),
        move=move,
        told=list_told(db.session, move),
        move_words=move_words,
        may_undo=may_undo,
        problems=problem_words,
    )


@upgrades.get("/moves/<uuid:move_id>/progress")
@access(ADMIN)
def progress(slug: str, move_id: UUID) -> Page:
    """The part of the page that changes while a move is under way."""
    move = access_move(db.session, access_installation(db.session, slug), move_id)
    answer = Response(render_template("upgrades/_progress.html", move=move), mimetype="text/html")
    if move.status not in ("running", "undoing"):
        answer.headers["HX-Refresh"] = "true"
    return answer


@upgrades.post("/moves/<uuid:move_id>/undo")
@access(ADMIN)
def undo(slug: str, move_id: UUID) -> Page:
    """Take a whole move back as a job."""
    move = access_move(db.session, access_installation(db.session, slug), move_id)
    try:
        start_undo(db.session, move)
    except Conflict as refusal:
        flash(str(refusal.message), "warning")
    return redirect(url_for("upgrades.show_move", slug=slug, move_id=move_id), 303)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_municipality().timezone)


def _name(installation: Installation) -> str:
    return shown_name(installation, definition_by_digest(db.session, installation.definition_digest))


def _report_page(
    installation: Installation, made: UpgradeReport, errors: Dict[str, list[str]], answers: Answers
) -> str:
    asked = asked_settings(made)
    # A value of another type cannot be shown in the new control.
    misfits = find_misfits(made.after, made.own)
    own = {name: value for name, value in made.own.items() if name not in misfits}
    values = effective_settings(made.after, {**own, **answers.overrides})
    return render_template(
        "upgrades/report.html",
        installation=installation,
        name=_name(installation),
        report=made,
        differences=group_differences(made.differences),
        setting_words=setting_words,
        settings=shown_settings(
            asked,
            values,
            agencies=agency_keys(db.session),
            zone=_zone(),
            areas=areas_of(current_municipality().region_code),
        ),
        errors={key: list(texts) for key, texts in (errors or {}).items()},
        labels={name: pick(spec.label) for name, spec in made.after.settings.items()},
    )


def _move_page(installation: Installation, errors: Dict[str, list[str]]) -> str:
    digest, record_type = request.args.get("from", ""), request.args.get("type", "")
    page = get_move_page(db.session, installation, digest, record_type)
    questions = [*page.state_questions, *page.field_questions]
    labels = {one.name: one.label for one in questions} | {name: label for name, label, _ in page.value_questions}
    return render_template(
        "upgrades/prepare.html",
        installation=installation,
        name=_name(installation),
        page=page,
        state_options=[(state, f"{label} ({count})") for state, label, count in page.states],
        errors=errors,
        labels=labels | {"states": t("Status", "States")},
        chosen=request.form.getlist("states") if request.method == "POST" else None,
        form=request.form if request.method == "POST" else page.proposed,
    )
