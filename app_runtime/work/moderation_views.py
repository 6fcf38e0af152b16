"""`/work/<app>/<record>/…`: what the public may see of a record: check, hide, blur."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app_runtime.records.moderation import blur_file, hide_file, hide_record, set_checked, unhide_record
from app_runtime.work.moderating import access_photo, blur_for_public
from app_runtime.work.reach import Work, access_work
from app_runtime.work.record_page import show_record
from app_runtime.work.views import Page, refused_page, work
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.web.access import MEMBER, access, current_visitor


@work.post("/<app_slug>/<uuid:record_id>/check")
@access(MEMBER)
def check(app_slug: str, record_id: UUID) -> Page:
    """Say that the record was checked, or take that back."""
    checked = request.form.get("checked") == "1"
    told = t("Sudah diperiksa.", "Checked.") if checked else t("Tanda periksa dicabut.", "The check was taken back.")
    return _done(app_slug, record_id, lambda it: set_checked(db.session, it.record, it.actor, checked), told)


@work.post("/<app_slug>/<uuid:record_id>/hide")
@access(MEMBER)
def hide(app_slug: str, record_id: UUID) -> Page:
    """Take the record out of the public's sight, with a reason."""
    reason = request.form.get("hide.reason", "")
    try:
        return _done(
            app_slug,
            record_id,
            lambda it: hide_record(db.session, it.record, it.actor, reason=reason),
            t("Laporan disembunyikan dari umum.", "The report is hidden from the public."),
        )
    except Invalid as error:
        db.session.rollback()
        again = access_work(db.session, current_visitor(), app_slug, record_id)
        wrong = list(error.fields.get("reason", ()))
        return render_template("work/record.html", page=show_record(again), hide_error=wrong, hide_reason=reason), 422


@work.post("/<app_slug>/<uuid:record_id>/unhide")
@access(MEMBER)
def unhide(app_slug: str, record_id: UUID) -> Page:
    """Show a hidden record again."""
    told = t("Laporan ditampilkan lagi.", "The report is shown again.")
    return _done(app_slug, record_id, lambda it: unhide_record(db.session, it.record, it.actor), told)


@work.post("/<app_slug>/<uuid:record_id>/files/<uuid:file_id>/hide")
@access(MEMBER)
def hide_photo(app_slug: str, record_id: UUID, file_id: UUID) -> Page:
    """Take one photo out of the public's sight."""
    told = t("Foto disembunyikan dari umum.", "The photo is hidden from the public.")
    return _done(app_slug, record_id, lambda it: hide_file(db.session, it.record, it.actor, file_id), told)


@work.post("/<app_slug>/<uuid:record_id>/files/<uuid:file_id>/show")
@access(MEMBER)
def show_photo(app_slug: str, record_id: UUID, file_id: UUID) -> Page:
    """Show a hidden photo again."""
    told = t("Foto ditampilkan lagi.", "The photo is shown again.")
    return _done(
        app_slug, record_id, lambda it: hide_file(db.session, it.record, it.actor, file_id, hidden=False), told
    )


@work.get("/<app_slug>/<uuid:record_id>/files/<uuid:file_id>/blur")
@access(MEMBER)
def blur_form(app_slug: str, record_id: UUID, file_id: UUID) -> Page:
    """The photo, large, with what is to be blurred marked on it."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    return _blur_page(found, file_id)


@work.post("/<app_slug>/<uuid:record_id>/files/<uuid:file_id>/blur")
@access(MEMBER)
def blur(app_slug: str, record_id: UUID, file_id: UUID) -> Page:
    """Blur these areas for the public, or the whole photo."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    areas, whole = request.form.get("areas", "")[:2000], request.form.get("part") == "whole"
    try:
        blur_for_public(db.session, found, file_id, areas=areas, whole=whole)
    except Invalid as error:
        return _blur_page(found, file_id, errors=dict(error.fields)), 422
    except Conflict as refusal:
        db.session.rollback()
        return refused_page(access_work(db.session, current_visitor(), app_slug, record_id), refusal)
    flash(t("Umum sekarang melihat versi buram.", "The public now sees the blurred photo."), "success")
    return redirect(url_for("work.record", app_slug=app_slug, record_id=record_id), 303)


@work.post("/<app_slug>/<uuid:record_id>/files/<uuid:file_id>/unblur")
@access(MEMBER)
def unblur(app_slug: str, record_id: UUID, file_id: UUID) -> Page:
    """Show the public the original again."""
    told = t("Umum melihat foto aslinya lagi.", "The public sees the original again.")
    return _done(
        app_slug, record_id, lambda it: blur_file(db.session, it.record, it.actor, file_id, blurred_file_id=None), told
    )


def _done(app_slug: str, record_id: UUID, change: Callable[[Work], object], told: str) -> Page:
    """Change something and go back to the record; a conflict shows the newest state instead."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    try:
        change(found)
    except Conflict as refusal:
        db.session.rollback()
        return refused_page(access_work(db.session, current_visitor(), app_slug, record_id), refusal)
    flash(told, "success")
    return redirect(url_for("work.record", app_slug=app_slug, record_id=record_id), 303)


def _blur_page(found: Work, file_id: UUID, errors: dict[str, list[str]] | None = None) -> str:
    row = access_photo(found, file_id)
    return render_template(
        "work/blur.html",
        found=found,
        address=url_for("work.record", app_slug=found.app.installation.slug, record_id=found.record.id),
        file_id=file_id,
        blurred=row.blurred_file_id is not None,
        errors=errors or {},
    )
