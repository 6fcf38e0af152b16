"""`/manage/apps/<app>/helping`: a municipality offers to help others with an app, and sees what it lacks for that."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app_catalog.assistance.partnering import end_offer, find_offer, may_help, offer_help, reasons
from app_catalog.assistance.portal_views import Page
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.web.access import ADMIN, access

partnering = Blueprint(
    "partnering", __name__, url_prefix="/manage/apps/<slug>/helping", subdomain="portal", template_folder="templates"
)


@partnering.get("")
@access(ADMIN)
def form(slug: str) -> Page:
    """The conditions, and the offer."""
    return _page(slug, {})


@partnering.post("")
@access(ADMIN)
def offer(slug: str) -> Page:
    """Offer help in public, or no longer."""
    installation = access_installation(db.session, slug)
    if request.form.get("step") == "end":
        end_offer(db.session, installation)
        flash(t("Tawaran ditarik.", "The offer was taken back."), "success")
        return redirect(url_for("partnering.form", slug=slug), 303)
    chosen = request.form.getlist("forms")
    try:
        offer_help(
            db.session,
            installation,
            words=request.form.get("words", ""),
            online="online" in chosen,
            on_site="on_site" in chosen,
        )
    except Invalid as error:
        return _page(slug, error.fields), 422
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("partnering.form", slug=slug), 303)
    flash(
        t("Terima kasih. Daerah Anda kini dapat ditanya.", "Thank you. Your municipality can be asked now."), "success"
    )
    return redirect(url_for("partnering.form", slug=slug), 303)


def _page(slug: str, errors: Mapping[str, list[str]]) -> str:
    installation = access_installation(db.session, slug)
    found, current = reasons(db.session, installation), find_offer(db.session, installation)
    typed = request.method == "POST"
    offered = [name for name, on in (("online", current.online), ("on_site", current.on_site)) if on] if current else []
    return render_template(
        "assistance/helping.html",
        installation=installation,
        name=shown_name(installation, definition_by_digest(db.session, installation.definition_digest)),
        reasons=found,
        ready=may_help(found),
        offer=current,
        words=request.form.get("words", "") if typed else current.words if current else "",
        chosen=request.form.getlist("forms") if typed else offered or ["online"],
        forms_offered=[("online", t("Daring", "Online")), ("on_site", t("Tatap muka", "On site"))],
        errors=errors,
    )
