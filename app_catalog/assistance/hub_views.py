"""`/assistance`: publishers and partners answer municipalities that ask for help, and meet them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from app_catalog.assistance.acting import arrange, change, finish, invitation, say
from app_catalog.assistance.answering import PAGE, Helping, helping, list_to_help
from app_catalog.assistance.case_page import WORDS, Shown, case_context, meeting_context
from app_catalog.assistance.forms import Form, kept
from app_catalog.assistance.meetings import access_meeting
from app_catalog.assistance.portal_views import WRITING, Page, calendar_answer
from app_catalog.assistance.replying import answer
from app_catalog.assistance.sections import progress_of
from app_catalog.publishers.blueprint import own_account
from lumbung.db import db
from lumbung.errors import BadRequest, Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.limits import spend
from lumbung.web.access import SIGNED_IN, access, current_visitor
from lumbung.web.sites import url_on_hub
from tenants.accounts.models import Account

helping_pages = Blueprint(
    "helping_pages", __name__, url_prefix="/assistance", subdomain="hub", template_folder="templates"
)
ANSWERS = (
    {"value": "accept", "label": Text("Ya, kami bersedia mendampingi", "Yes, we will help"), "icon": "check"},
    {"value": "hand_on", "label": Text("Teruskan kepada yang lain", "Hand it on"), "icon": "arrow-forward-up"},
    {"value": "decline", "label": Text("Tidak dapat membantu", "We cannot help"), "icon": "x"},
)


@helping_pages.get("")
@access(SIGNED_IN)
def listed() -> Page:
    """What the visitor's publishers and municipalities are asked to help with."""
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000)
    found = list_to_help(db.session, own_account(), page=page)
    return render_template("assistance/listed.html", found=found[:PAGE], more=len(found) > PAGE, page=page, **WORDS)


@helping_pages.get("/<uuid:case_id>")
@access(SIGNED_IN)
def show(case_id: UUID) -> Page:
    """One case as its helper sees it."""
    with helping(db.session, current_visitor(), case_id) as helped:
        return _case_page(helped, {})


@helping_pages.post("/<uuid:case_id>")
@access(SIGNED_IN)
def act(case_id: UUID) -> Page:
    """Answer, say something, or close the case, by the form's `step`."""
    with helping(db.session, current_visitor(), case_id) as helped:
        gone = request.form.get("step") == "answer" and request.form.get("answer") != "accept"
        return _tried(
            lambda: _step(helped, request.form),
            lambda errors: _case_page(helped, errors),
            url_for("helping_pages.listed") if gone else url_for("helping_pages.show", case_id=case_id),
        )


@helping_pages.get("/<uuid:case_id>/meetings")
@access(SIGNED_IN)
def meeting_form(case_id: UUID) -> Page:
    """The form for a new meeting."""
    with helping(db.session, current_visitor(), case_id) as helped:
        return _meeting_page(helped, None, {})


@helping_pages.post("/<uuid:case_id>/meetings")
@access(SIGNED_IN)
def propose(case_id: UUID) -> Page:
    """Propose times for a meeting."""
    with helping(db.session, current_visitor(), case_id) as helped:
        return _tried(
            lambda: arrange(db.session, helped.case, helped.party, request.form),
            lambda errors: _meeting_page(helped, None, errors),
            url_for("helping_pages.show", case_id=case_id),
        )


@helping_pages.get("/<uuid:case_id>/meetings/<uuid:meeting_id>")
@access(SIGNED_IN)
def meeting(case_id: UUID, meeting_id: UUID) -> Page:
    """One meeting."""
    with helping(db.session, current_visitor(), case_id) as helped:
        return _meeting_page(helped, meeting_id, {})


@helping_pages.post("/<uuid:case_id>/meetings/<uuid:meeting_id>")
@access(SIGNED_IN)
def change_meeting(case_id: UUID, meeting_id: UUID) -> Page:
    """Agree on a time, propose others, change the place, cancel, or write the minutes, by the form's `step`."""
    with helping(db.session, current_visitor(), case_id) as helped:
        return _tried(
            lambda: change(db.session, helped.case, helped.party, meeting_id, request.form),
            lambda errors: _meeting_page(helped, meeting_id, errors),
            url_for("helping_pages.meeting", case_id=case_id, meeting_id=meeting_id),
        )


@helping_pages.get("/<uuid:case_id>/meetings/<uuid:meeting_id>.ics")
@access(SIGNED_IN)
def calendar(case_id: UUID, meeting_id: UUID) -> Response:
    """The meeting as a calendar file."""
    with helping(db.session, current_visitor(), case_id) as helped:
        found = access_meeting(db.session, helped.case, meeting_id)
        if found.starts_at is None:
            raise NotFound
        person = db.session.get_one(Account, own_account())
        link = url_on_hub("helping_pages.show", case_id=case_id)
        return calendar_answer(invitation(db.session, helped.case, found, person, link))


def _step(helped: Helping, form: Form) -> Text:
    match form.get("step"):
        case "answer":
            return answer(db.session, helped, form)
        case "message":
            return say(db.session, helped.case, helped.party, form)
        case "finish":
            return finish(db.session, helped.case, helped.party, form)
    raise BadRequest


def _tried(act: Callable[[], Text], again: Callable[[Mapping[str, list[str]]], str], then: str) -> Page:
    spend(WRITING, str(own_account()))
    try:
        flash(str(act()), "success")
    except Invalid as error:
        return again(error.fields), 422
    except Conflict as error:
        flash(str(error.message), "warning")
    return redirect(then, 303)


def _case_page(helped: Helping, errors: Mapping[str, list[str]]) -> str:
    shown = Shown(url_for("helping_pages.show", case_id=helped.case.id), errors, kept(request.form))
    return render_template(
        "assistance/helped_case.html",
        helped_as=helped.helper,
        app=helped.app,
        answers=ANSWERS,
        progress=progress_of(db.session, helped.case),
        answerable=helped.case.state == "asked" and helped.address.state == "asked",
        **case_context(db.session, helped.case, helped.party, shown),
    )


def _meeting_page(helped: Helping, meeting_id: UUID | None, errors: Mapping[str, list[str]]) -> str:
    shown = Shown(url_for("helping_pages.show", case_id=helped.case.id), errors, kept(request.form))
    found = access_meeting(db.session, helped.case, meeting_id) if meeting_id else None
    return render_template(
        "assistance/helped_meeting.html", **meeting_context(db.session, helped.case, helped.party, found, shown)
    )
