"""Searches of officials as they are sent: words go on to an address, sixteen digits never do."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.definitions.schemas.niks import find_digits, masked_nik
from app_runtime.pages.blueprint import pages
from app_runtime.pages.browsing import address_of
from app_runtime.pages.opening import open_page
from app_runtime.records.actors import actor_for
from app_runtime.work.inbox import InboxItem
from app_runtime.work.nik_search import MOST_FOUND, Asked, search_niks
from app_runtime.work.views import Page, asked_of, work
from lumbung.db import db, now
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.web.access import MEMBER, PUBLIC, access, current_visitor


@work.post("/search")
@access(MEMBER)
def search() -> Page:
    """The inbox searched: by words at its own address; by a NIK in this one answer, once somebody has said why."""
    digits = find_digits(request.form.get("q", ""))
    if digits is None:
        asked = {name: value for name, value in asked_of(request.form).items() if value and name != "cursor"}
        return redirect(address_of(asked, url_for("work.inbox")), 303)
    return _niks(Asked(digits, request.form.get("app", "")[:100]), url_for("work.search"), url_for("work.inbox"))


@work.get("/search")
@access(MEMBER)
def searched() -> Page:
    """Back to the inbox: a search has no address of its own."""
    return redirect(url_for("work.inbox"))


@pages.get("/<slug>/<page_id>/search")
@access(PUBLIC)
def list_searched(slug: str, page_id: str) -> Page:
    """Back to the list."""
    return redirect(url_for("pages.page", slug=slug, page_id=page_id))


@pages.post("/<slug>/<page_id>/search")
@access(PUBLIC)
def search_list(slug: str, page_id: str) -> Page:
    """A list searched in the same way; a NIK by officials alone, and among the records of the page's type."""
    visitor = current_visitor()
    opened = open_page(db.session, visitor, slug, page_id, kind="list")
    own = url_for("pages.page", slug=slug, page_id=page_id)
    digits = find_digits(request.form.get("q", ""))
    if digits is None:
        return redirect(address_of(_asked(request.form), own), 303)
    if visitor.membership_id is None:
        flash(t("Daftar ini tidak dapat dicari menurut NIK.", "This list is not searched by NIK."), "warning")
        return redirect(own, 303)
    return _niks(
        Asked(digits, slug, opened.record_type.id), url_for("pages.search_list", slug=slug, page_id=page_id), own
    )


def _niks(asked: Asked, here: str, back: str) -> Page:
    visitor = current_visitor()
    actor = actor_for(db.session, visitor)
    items: list[InboxItem] | None = None
    error: list[str] = []
    if "reason" in request.form:
        assert visitor.account_id is not None
        try:
            items = list(
                search_niks(
                    db.session,
                    actor,
                    asked,
                    account_id=visitor.account_id,
                    reason=request.form["reason"],
                    at=now(),
                )
            )
        except Invalid as refusal:
            error = list(refusal.fields["reason"])
    page = render_template(
        "work/nik_search.html",
        digits=asked.digits,
        masked=masked_nik(asked.digits),
        app=asked.app_slug,
        here=here,
        back=back,
        items=items,
        most=MOST_FOUND,
        reason=request.form.get("reason", "") if error else "",
        error=error,
    )
    return private(make_response(page, 422 if error else 200))


def private(answer: Response) -> AnyResponse:
    """An answer that nobody keeps."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _asked(form: MultiDict[str, str]) -> dict[str, str]:
    return {name: value[:200] for name, value in form.items() if value and name not in ("csrf_token", "cursor", "back")}
