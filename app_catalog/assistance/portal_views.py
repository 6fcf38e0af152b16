"""`/manage/apps/<app>/assistance`: a municipality asks for help with an app and follows its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.assistance.acting import arrange, change, finish, invitation, say, take_back
from app_catalog.assistance.asking import access_case, ask_for_help, ask_others, asking_party, list_cases
from app_catalog.assistance.case_page import WORDS, Shown, case_context, helper_choices, meeting_context
from app_catalog.assistance.closing import rate_help
from app_catalog.assistance.forms import Form, kept, read_number, read_wish
from app_catalog.assistance.material import list_material
from app_catalog.assistance.meetings import access_meeting
from app_catalog.assistance.models import AssistanceCase
from app_catalog.assistance.telling import tell_of_request
from app_catalog.assistance.whom_to_ask import list_helpers
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_catalog.releases.models import App
from lumbung.db import db
from lumbung.errors import BadRequest, Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.limits import Limit, spend
from lumbung.web.access import ADMIN, access, current_visitor
from lumbung.web.sending import make_once
from tenants.accounts.models import Account
from tenants.municipalities.addresses import manage_address
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles

assistance = Blueprint(
    "assistance", __name__, url_prefix="/manage/apps/<slug>/assistance", subdomain="portal", template_folder="templates"
)
Page = str | AnyResponse | tuple[str, int]
ASKING = Limit("assistance-asking", 10, 3600)
WRITING = Limit("assistance-writing", 120, 3600)


@assistance.get("")
@access(ADMIN)
def overview(slug: str) -> Page:
    """The municipality's cases about the app, and the form for a new one."""
    return _overview(slug, {}, request.args)


@assistance.post("")
@access(ADMIN)
def ask(slug: str) -> Page:
    """Ask for help; those who are asked are told."""
    installation = access_installation(db.session, slug)
    spend(ASKING, str(installation.tenant_id))
    try:
        case_id = make_once(f"assistance:{installation.id}", lambda: _ask(installation))
    except Invalid as error:
        return _overview(slug, error.fields, kept(request.form)), 422
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("assistance.overview", slug=slug), 303)
    flash(t("Permintaan terkirim.", "The request was sent."), "success")
    return redirect(url_for("assistance.show", slug=slug, case_id=case_id), 303)


def _ask(installation: Installation) -> UUID:
    case, helpers = ask_for_help(db.session, current_visitor(), installation, read_wish(request.form))
    tell_of_request(db.session, case, helpers)
    return case.id


@assistance.get("/<uuid:case_id>")
@access(ADMIN)
def show(slug: str, case_id: UUID) -> Page:
    """One case: its state, what was said, its meetings."""
    return _case_page(slug, _access(slug, case_id)[1], {})


@assistance.post("/<uuid:case_id>")
@access(ADMIN)
def act(slug: str, case_id: UUID) -> Page:
    """Say something, ask others too, close, withdraw, or judge the help, by the form's `step`."""
    _, case = _access(slug, case_id)
    return _tried(
        lambda: _step(case, request.form),
        lambda errors: _case_page(slug, case, errors),
        url_for("assistance.show", slug=slug, case_id=case_id),
    )


@assistance.get("/<uuid:case_id>/meetings")
@access(ADMIN)
def meeting_form(slug: str, case_id: UUID) -> Page:
    """The form for a new meeting."""
    return _meeting_page(slug, _access(slug, case_id)[1], None, {})


@assistance.post("/<uuid:case_id>/meetings")
@access(ADMIN)
def propose(slug: str, case_id: UUID) -> Page:
    """Propose times for a meeting."""
    _, case = _access(slug, case_id)
    return _tried(
        lambda: arrange(db.session, case, asking_party(db.session, current_visitor()), request.form),
        lambda errors: _meeting_page(slug, case, None, errors),
        url_for("assistance.show", slug=slug, case_id=case_id),
    )


@assistance.get("/<uuid:case_id>/meetings/<uuid:meeting_id>")
@access(ADMIN)
def meeting(slug: str, case_id: UUID, meeting_id: UUID) -> Page:
    """One meeting."""
    return _meeting_page(slug, _access(slug, case_id)[1], meeting_id, {})


@assistance.post("/<uuid:case_id>/meetings/<uuid:meeting_id>")
@access(ADMIN)
def change_meeting(slug: str, case_id: UUID, meeting_id: UUID) -> Page:
    """Agree on a time, propose others, change the place, cancel, or write the minutes, by the form's `step`."""
    _, case = _access(slug, case_id)
    return _tried(
        lambda: change(db.session, case, asking_party(db.session, current_visitor()), meeting_id, request.form),
        lambda errors: _meeting_page(slug, case, meeting_id, errors),
        url_for("assistance.meeting", slug=slug, case_id=case_id, meeting_id=meeting_id),
    )


@assistance.get("/<uuid:case_id>/meetings/<uuid:meeting_id>.ics")
@access(ADMIN)
def calendar(slug: str, case_id: UUID, meeting_id: UUID) -> Response:
    """The meeting as a calendar file."""
    _, case = _access(slug, case_id)
    found = access_meeting(db.session, case, meeting_id)
    if found.starts_at is None:
        raise NotFound
    person = db.session.get_one(Account, current_visitor().account_id)
    link = manage_address(db.session, f"/apps/{slug}/assistance/{case.id}")
    return calendar_answer(invitation(db.session, case, found, person, link))


def calendar_answer(text: str) -> Response:
    """The answer that carries a calendar file."""
    response = Response(text, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="sesi.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _step(case: AssistanceCase, form: Form) -> Text:
    session, visitor = db.session, current_visitor()
    match form.get("step"):
        case "message":
            return say(session, case, asking_party(session, visitor), form)
        case "finish":
            return finish(session, case, asking_party(session, visitor), form)
        case "withdraw":
            return take_back(session, visitor, case)
        case "ask-others":
            changed, helpers = ask_others(session, visitor, case, form.getlist("helpers"))
            tell_of_request(session, changed, helpers)
            return Text("Permintaan terkirim.", "The request was sent.")
        case "rate":
            stars = read_number(form.get("stars", ""))
            rate_help(session, case, stars=stars, words=form.get("thanks", ""), public=form.get("public") == "1")
            return Text("Terima kasih. Penilaian tersimpan.", "Thank you. Your judgement was saved.")
    raise BadRequest


def _tried(act: Callable[[], Text], again: Callable[[Mapping[str, list[str]]], str], then: str) -> Page:
    spend(WRITING, str(current_visitor().account_id))
    try:
        flash(str(act()), "success")
    except Invalid as error:
        return again(error.fields), 422
    except Conflict as error:
        flash(str(error.message), "warning")
    return redirect(then, 303)


def _access(slug: str, case_id: UUID) -> tuple[Installation, AssistanceCase]:
    installation = access_installation(db.session, slug)
    return installation, access_case(db.session, installation, case_id)


def _overview(slug: str, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    installation = access_installation(db.session, slug)
    visitor = current_visitor()
    return render_template(
        "assistance/overview.html",
        installation=installation,
        app=db.session.get_one(App, installation.app_id),
        name=_name(installation),
        cases=list_cases(db.session, installation),
        helpers=helper_choices(list_helpers(db.session, installation.app_id, asker_id=installation.tenant_id)),
        people=[(person.id, f"{person.name} ({person.email})") for person in people_with_roles(db.session, ADMIN_ROLE)],
        values={"contact": str(visitor.account_id), "form": "online", **values},
        material=list_material(db.session, installation.app_id),
        chosen=request.form.getlist("helpers"),
        errors=errors,
        **WORDS,
    )


def _case_page(slug: str, case: AssistanceCase, errors: Mapping[str, list[str]]) -> str:
    shown = Shown(url_for("assistance.show", slug=slug, case_id=case.id), errors, kept(request.form))
    party = asking_party(db.session, current_visitor())
    installation = access_installation(db.session, slug)
    return render_template(
        "assistance/own_case.html",
        name=_name(installation),
        back=url_for("assistance.overview", slug=slug),
        **case_context(db.session, case, party, shown),
    )


def _meeting_page(slug: str, case: AssistanceCase, meeting_id: UUID | None, errors: Mapping[str, list[str]]) -> str:
    shown = Shown(url_for("assistance.show", slug=slug, case_id=case.id), errors, kept(request.form))
    party = asking_party(db.session, current_visitor())
    found = access_meeting(db.session, case, meeting_id) if meeting_id else None
    return render_template("assistance/own_meeting.html", **meeting_context(db.session, case, party, found, shown))


def _name(installation: Installation) -> str:
    return shown_name(installation, definition_by_digest(db.session, installation.definition_digest))
