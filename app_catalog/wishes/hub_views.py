"""`/wishes` on the hub: what municipalities miss; publishers work on it, curators keep it tidy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.catalog.categories import category_name
from app_catalog.feeds.model import FeedEntry, answer_feed
from app_catalog.feeds.views import EMPTY
from app_catalog.publishers.blueprint import own_account
from app_catalog.publishers.members import access_publisher
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.services import municipalities_administered_by
from app_catalog.releases.models import App
from app_catalog.wishes.reading import PAGE, STATES, TONES, get_wish, list_ruled, list_wishes
from app_catalog.wishes.services import claim_wish, drop_claim, fulfil_wish, rule
from app_catalog.wishes.telling import wake_who_missed_it
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import CURATOR, PUBLIC, PUBLISHER, access, current_visitor

wish_pages = Blueprint("wish_pages", __name__, subdomain="hub", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]
CLAIMING = Limit("wish-claiming", 60, 3600)
WORDS = {"states": STATES, "tones": TONES, "category_of": category_name}


@wish_pages.get("/wishes")
@access(PUBLIC)
def listed() -> str:
    """What municipalities miss, the most wanted first."""
    state = request.args.get("state", "")
    page = _page_number()
    newest = request.args.get("sort") == "newest"
    found = list_wishes(db.session, state=state if state in STATES else "", newest=newest, page=page)
    account = current_visitor().account_id
    return render_template(
        "wishes/listed.html",
        wishes=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        chosen={"state": state, "sort": "newest" if newest else ""},
        own_municipalities=municipalities_administered_by(db.session, account) if account else [],
        **WORDS,
    )


@wish_pages.get("/wishes/<uuid:shown_wish_id>")
@access(PUBLIC)
def show(shown_wish_id: UUID) -> str:
    """One wish in full."""
    return _page(shown_wish_id, {}, {})


@wish_pages.get("/wishes.atom")
@access(PUBLIC)
def feed() -> Response:
    """The newest wishes as an Atom feed."""
    entries = [
        FeedEntry(
            id=f"urn:uuid:{one.wish.id}",
            title=one.wish.title,
            updated=one.wish.updated_at,
            href=f"/wishes/{one.wish.id}",
            text=one.wish.problem,
            author=one.wish.municipality_name,
            category=one.state,
        )
        for one in list_wishes(db.session, newest=True)[:PAGE]
    ]
    title = t("Keinginan daerah", "Wishes of municipalities")
    return answer_feed("/wishes.atom", title=title, href="/wishes", began=EMPTY, entries=entries)


@wish_pages.post("/publish/<slug>/wishes/<uuid:shown_wish_id>")
@access(PUBLISHER)
def work(slug: str, shown_wish_id: UUID) -> Page:
    """The publisher works on a wish, no longer does, or fulfils it by an app."""
    publisher = access_publisher(db.session, own_account(), slug)
    spend(CLAIMING, str(own_account()))
    step, visitor = request.form.get("step", ""), current_visitor()
    try:
        if step == "drop":
            drop_claim(db.session, publisher, shown_wish_id)
            flash(t("Dicatat: tidak lagi dikerjakan.", "Noted: no longer worked on."), "success")
        elif step == "fulfil":
            fulfil_wish(db.session, visitor, publisher, shown_wish_id, app_slug=request.form.get("app", ""))
            wake_who_missed_it(db.session, shown_wish_id)
            flash(t("Semua yang menginginkannya diberi tahu.", "Everybody who wanted it is told."), "success")
        else:
            note = request.form.get("note", "")
            claim_wish(db.session, visitor, publisher, shown_wish_id, until=_day(request.form.get("until")), note=note)
            flash(t("Dicatat: Anda mengerjakannya.", "Noted: you work on it."), "success")
    except Invalid as error:
        return _page(shown_wish_id, error.fields, {**request.form, "publisher": slug}), 422
    except Conflict as error:
        flash(str(error.message), "warning")
    return redirect(url_for("wish_pages.show", shown_wish_id=shown_wish_id), 303)


@wish_pages.get("/curator/wishes")
@access(CURATOR)
def ruled() -> str:
    """What curators hid or merged, and why."""
    page = _page_number()
    found = list_ruled(db.session, page=page)
    return render_template("wishes/ruled.html", ruled=found[:PAGE], more=len(found) > PAGE, page=page)


@wish_pages.post("/curator/wishes/<uuid:shown_wish_id>")
@access(CURATOR)
def curate(shown_wish_id: UUID) -> Page:
    """Hide a wish, merge it into another, or show it again."""
    answers = {name: request.form.get(name, "") for name in ("kind", "reason", "into")}
    try:
        rule(db.session, current_visitor(), shown_wish_id, **answers)
    except Invalid as error:
        return _page(shown_wish_id, error.fields, request.form), 422
    flash(t("Dicatat.", "Noted."), "success")
    return redirect(url_for("wish_pages.ruled"), 303)


def _page_number() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), 1_000)


def _page(wish_id: UUID, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    whole, visitor = get_wish(db.session, wish_id), current_visitor()
    publishers = db.session.scalars(
        select(Publisher).where(Publisher.id.in_(visitor.publishers), Publisher.status == "approved")
    ).all()
    apps = select(App).where(
        App.publisher_id.in_([one.id for one in publishers]),
        App.latest_release_id.is_not(None),
        App.hidden_at.is_(None),
    )
    others = [one.wish for one in list_wishes(db.session)[:PAGE] if one.wish.id != wish_id]
    account = visitor.account_id
    return render_template(
        "wishes/show.html",
        whole=whole,
        publishers=publishers,
        own_apps=db.session.scalars(apps.order_by(App.slug)).all() if publishers else [],
        others=[(str(one.id), f"{one.title} ({one.municipality_name})") for one in others]
        if visitor.is_curator
        else [],
        own_municipalities=municipalities_administered_by(db.session, account) if account else [],
        errors=errors,
        values=values,
        **WORDS,
    )


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None
