"""`/manage/agencies`: the tree of agencies, their heads and acting heads."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.web.access import ADMIN, access
from tenants.agencies.forms import read_agency, read_delegation, read_head
from tenants.agencies.heads import delegate_head, end_delegation, find_head, set_head
from tenants.agencies.models import Agency
from tenants.agencies.services import change_agency, close_agency, create_agency, get_agency, reopen_agency
from tenants.agencies.tree import agency_tree, below, list_delegations, local_today
from tenants.people.services import list_members

agencies = Blueprint(
    "agencies", __name__, url_prefix="/manage/agencies", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]


@agencies.get("")
@access(ADMIN)
def index() -> Page:
    """The tree."""
    rows = agency_tree(db.session, with_closed=True)
    return render_template(
        "agencies/index.html",
        rows=[row for row in rows if row.agency.closed_at is None],
        closed=[row for row in rows if row.agency.closed_at is not None],
    )


@agencies.get("/new")
@access(ADMIN)
def new() -> Page:
    """The empty form."""
    return _form(None, {"parent_id": request.args.get("parent", "")}, {})


@agencies.post("/new")
@access(ADMIN)
def create() -> Page:
    """Add an agency."""
    try:
        agency = create_agency(db.session, read_agency(request.form), key=request.form.get("key", "").strip().lower())
    except Invalid as error:
        return _form(None, request.form, error.fields), 422
    flash(t("{name} ditambahkan.", "{name} was added.", name=agency.name), "success")
    return redirect(url_for("agencies.show", agency_id=agency.id), 303)


@agencies.get("/<uuid:agency_id>")
@access(ADMIN)
def show(agency_id: UUID) -> Page:
    """One agency with its head."""
    return _page(get_agency(db.session, agency_id), {}, {})


@agencies.get("/<uuid:agency_id>/edit")
@access(ADMIN)
def edit(agency_id: UUID) -> Page:
    """The form."""
    agency = get_agency(db.session, agency_id)
    names = ("name", "short_name", "parent_id", "email", "phone")
    return _form(agency, {name: getattr(agency, name) for name in names}, {})


@agencies.post("/<uuid:agency_id>/edit")
@access(ADMIN)
def save(agency_id: UUID) -> Page:
    """Change or move an agency."""
    agency = get_agency(db.session, agency_id)
    try:
        change_agency(db.session, agency, read_agency(request.form))
    except Invalid as error:
        return _form(agency, request.form, error.fields), 422
    flash(t("Tersimpan.", "Saved."), "success")
    return redirect(url_for("agencies.show", agency_id=agency_id), 303)


@agencies.post("/<uuid:agency_id>/head")
@access(ADMIN)
def head(agency_id: UUID) -> Page:
    """Name the head, or nobody."""
    agency = get_agency(db.session, agency_id)
    try:
        set_head(db.session, agency, read_head(request.form))
    except Invalid as error:
        return _page(agency, error.fields, request.form), 422
    flash(t("Kepala tersimpan.", "The head is saved."), "success")
    return redirect(url_for("agencies.show", agency_id=agency_id), 303)


@agencies.post("/<uuid:agency_id>/acting")
@access(ADMIN)
def acting(agency_id: UUID) -> Page:
    """Let somebody act for the head on some days."""
    agency = get_agency(db.session, agency_id)
    try:
        answers = read_delegation(request.form)
        delegate_head(
            db.session,
            agency,
            acting_id=answers.acting_id,
            first_day=answers.first_day,
            last_day=answers.last_day,
            reason=answers.reason,
        )
    except Invalid as error:
        return _page(agency, error.fields, request.form), 422
    flash(t("Pelaksana tugas tersimpan.", "The acting head is saved."), "success")
    return redirect(url_for("agencies.show", agency_id=agency_id), 303)


@agencies.post("/<uuid:agency_id>/acting/<uuid:delegation_id>/end")
@access(ADMIN)
def end_acting(agency_id: UUID, delegation_id: UUID) -> Page:
    """Call an acting head off."""
    end_delegation(db.session, get_agency(db.session, agency_id), delegation_id)
    flash(t("Pelaksana tugas diakhiri.", "The acting head was called off."), "success")
    return redirect(url_for("agencies.show", agency_id=agency_id), 303)


@agencies.post("/<uuid:agency_id>/close")
@access(ADMIN)
def close(agency_id: UUID) -> Page:
    """Close an agency that nothing hangs on."""
    agency = get_agency(db.session, agency_id)
    close_agency(db.session, agency)
    flash(t("{name} ditutup.", "{name} was closed.", name=agency.name), "success")
    return redirect(url_for("agencies.index"), 303)


@agencies.post("/<uuid:agency_id>/reopen")
@access(ADMIN)
def reopen(agency_id: UUID) -> Page:
    """Open a closed agency again."""
    agency = get_agency(db.session, agency_id)
    reopen_agency(db.session, agency)
    flash(t("{name} dibuka kembali.", "{name} is open again.", name=agency.name), "success")
    return redirect(url_for("agencies.show", agency_id=agency_id), 303)


def _form(agency: Agency | None, values: Mapping[str, object], errors: Mapping[str, list[str]]) -> str:
    not_allowed = below(db.session, agency.id) if agency else frozenset()
    parents = [
        (str(row.agency.id), "— " * row.depth + row.agency.name)
        for row in agency_tree(db.session)
        if row.agency.id not in not_allowed
    ]
    return render_template("agencies/form.html", agency=agency, values=values, errors=errors, parents=parents)


def _page(agency: Agency, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    rows = agency_tree(db.session, with_closed=True)
    members = list_members(db.session)
    return render_template(
        "agencies/show.html",
        agency=agency,
        parent=next((row.agency for row in rows if row.agency.id == agency.parent_id), None),
        children=[row.agency for row in rows if row.agency.parent_id == agency.id],
        head=find_head(db.session, agency.id),
        delegations=list_delegations(db.session, agency_id=agency.id),
        people=[member for member in members if member.membership.agency_id == agency.id],
        choices=[(str(member.membership.id), _named(member.membership.name, member.agency)) for member in members],
        today=local_today(db.session),
        errors=errors,
        values=values,
    )


def _named(name: str, agency: Agency | None) -> str:
    return f"{name} – {agency.short_name}" if agency else name
