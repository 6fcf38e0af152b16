"""`/manage/people`: who is at work here, with which roles, and who is invited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lumbung.codes import qr_svg
from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import Text, t
from lumbung.messages import channel_available
from lumbung.web.access import ADMIN, access, current_visitor
from tenants.agencies.tree import agency_tree, list_delegations
from tenants.answers import Answers
from tenants.people.invitations import invite_person, list_open_invitations, withdraw_invitation
from tenants.people.role_catalogue import role_choices
from tenants.people.roles import role_label
from tenants.people.services import Member, change_member, end_membership, get_member, list_members

people = Blueprint("people", __name__, url_prefix="/manage/people", subdomain="portal", template_folder="templates")
Page = str | Response | tuple[str, int]
_UNKNOWN_ROLE = Text("Peran ini tidak ditawarkan di sini.", "This role is not offered here.")


@people.get("")
@access(ADMIN)
def index() -> Page:
    """Members and open invitations."""
    query = " ".join(request.args.get("q", "")[:100].split())
    names = {row.agency.id: row.agency.name for row in agency_tree(db.session, with_closed=True)}
    return render_template(
        "people/index.html",
        query=query,
        members=list_members(db.session, query=query),
        former=list_members(db.session, ended=True),
        invitations=list_open_invitations(db.session),
        delegations=list_delegations(db.session),
        agency_names=names,
        role_name=_role_namer(),
    )


@people.get("/new")
@access(ADMIN)
def new() -> Page:
    """The form of an invitation."""
    return _invitation_form(MultiDict({"agency_id": request.args.get("agency", "")}), {})


@people.post("/new")
@access(ADMIN)
def invite() -> Page:
    """Make an invitation and show its link this once; there is no way to see it again, so this answer is the page."""
    answers = Answers(request.form)
    try:
        name, email = answers.text("name", most=120), answers.text("email", most=200)
        position = answers.text("position", most=120, optional=True)
        agency_id = answers.identifier("agency_id")
        roles = request.form.getlist("roles")
        if not set(roles) <= {choice.value for choice in role_choices(db.session)}:
            answers.wrong("roles", _UNKNOWN_ROLE)
        answers.require_valid()
        invitation, link = invite_person(
            db.session,
            current_visitor(),
            email=email,
            name=name,
            position=position,
            agency_id=agency_id,
            head=answers.ticked("head"),
            roles=roles,
        )
    except Invalid as error:
        return _invitation_form(request.form, error.fields), 422
    return (
        render_template(
            "people/invited.html",
            invitation=invitation,
            link=link,
            qr=qr_svg(link, title=t("Kode QR undangan", "QR code of the invitation")),
            can_mail=channel_available("email"),
        ),
        201,
    )


@people.post("/invitations/<uuid:invitation_id>/withdraw")
@access(ADMIN)
def withdraw(invitation_id: UUID) -> Page:
    """Let an invitation work no more."""
    invitation = withdraw_invitation(db.session, invitation_id)
    flash(
        t("Undangan untuk {name} ditarik.", "The invitation of {name} was withdrawn.", name=invitation.name), "success"
    )
    return redirect(url_for("people.index"), 303)


@people.get("/<uuid:membership_id>")
@access(ADMIN)
def show(membership_id: UUID) -> Page:
    """One member, to be changed."""
    member = get_member(db.session, membership_id)
    membership = member.membership
    values: MultiDict[str, Any] = MultiDict(
        {"name": membership.name, "position": membership.position, "agency_id": membership.agency_id or ""}
    )
    values.setlist("roles", list(member.roles))
    return _member_page(member, values, {})


@people.post("/<uuid:membership_id>")
@access(ADMIN)
def save(membership_id: UUID) -> Page:
    """Change a member."""
    answers = Answers(request.form)
    try:
        name, position = answers.text("name", most=120), answers.text("position", most=120, optional=True)
        agency_id = answers.identifier("agency_id")
        answers.require_valid()
        change_member(
            db.session,
            membership_id,
            name=name,
            position=position,
            agency_id=agency_id,
            roles=request.form.getlist("roles"),
        )
    except Invalid as error:
        return _member_page(get_member(db.session, membership_id), request.form, error.fields), 422
    flash(t("Tersimpan dan langsung berlaku.", "Saved; it holds at once."), "success")
    return redirect(url_for("people.index"), 303)


@people.post("/<uuid:membership_id>/end")
@access(ADMIN)
def end(membership_id: UUID) -> Page:
    """End a membership."""
    membership = end_membership(db.session, membership_id)
    flash(t("Tugas {name} di sini berakhir.", "{name} is no longer at work here.", name=membership.name), "success")
    return redirect(url_for("people.index") if membership.id != current_visitor().membership_id else "/", 303)


def _invitation_form(values: MultiDict[str, Any], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "people/invite.html",
        values=values,
        errors=errors,
        agencies=_agency_choices(),
        roles=[(choice.value, choice.label) for choice in role_choices(db.session)],
        chosen_roles=values.getlist("roles"),
        can_mail=channel_available("email"),
    )


def _member_page(member: Member, values: MultiDict[str, Any], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "people/show.html",
        member=member,
        values=values,
        errors=errors,
        agencies=_agency_choices(),
        roles=[(choice.value, choice.label) for choice in role_choices(db.session)],
        chosen_roles=values.getlist("roles"),
        is_self=member.membership.id == current_visitor().membership_id,
    )


def _agency_choices() -> list[tuple[str, str]]:
    return [(str(row.agency.id), "— " * row.depth + row.agency.name) for row in agency_tree(db.session)]


def _role_namer() -> Callable[[str], str]:
    """Shows a role by the name that its app gives it, else by the plain one."""
    offered = {choice.value: choice.label for choice in role_choices(db.session) if ":" in choice.value}
    return lambda role: offered.get(role) or role_label(role)
