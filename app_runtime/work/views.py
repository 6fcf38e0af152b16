"""`/work`: the inbox, and the page of a record with what may be done."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.definitions.schemas.niks import find_digits
from app_runtime.records.actors import actor_for
from app_runtime.records.reading import access_record, access_record_file
from app_runtime.work.acting import act
from app_runtime.work.choices import Tried, asked_of_action
from app_runtime.work.inbox import TABS, Inbox, Question, Tab, find_next, list_work
from app_runtime.work.reach import Work, access_work
from app_runtime.work.record_page import show_record
from lumbung.db import db, now
from lumbung.errors import LumbungError, NotFound
from lumbung.files.serving import send_stored_file
from lumbung.i18n import t
from lumbung.web.access import MEMBER, access, current_visitor

work = Blueprint("work", __name__, url_prefix="/work", subdomain="portal", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]


@work.get("")
@access(MEMBER)
def inbox() -> Page:
    """What I must do, over all apps."""
    if find_digits(request.args.get("q", "")) is not None:
        # They are in the address already; at least no link of the page carries them on.
        return redirect(url_for("work.inbox"))
    return render_template("work/inbox.html", inbox=_inbox(), asked=_asked())


@work.get("/list")
@access(MEMBER)
def inbox_list() -> Page:
    """The part of the inbox that is fetched again while somebody looks at it."""
    return render_template("work/_list.html", inbox=_inbox(), asked=_asked())


@work.get("/<uuid:record_id>")
@access(MEMBER)
def find(record_id: UUID) -> Page:
    """From the address in a message, or in the live room, to the page of the record: the public one for who may read
    it as everybody may, but does not work on it."""
    found, app = access_record(db.session, actor_for(db.session, current_visitor()), record_id)
    slug = app.installation.slug
    try:
        access_work(db.session, current_visitor(), slug, record_id)
    except NotFound:
        return redirect(url_for("pages.record", slug=slug, record_type=found.record_type, record_id=record_id))
    return redirect(url_for("work.record", app_slug=slug, record_id=record_id))


@work.get("/<uuid:record_id>/next")
@access(MEMBER)
def following(record_id: UUID) -> Page:
    """From a record to the next thing that I must do, so that ten of them are no ten ways back to the inbox."""
    actor = actor_for(db.session, current_visitor())
    access_record(db.session, actor, record_id)
    item = find_next(db.session, actor, record_id, at=now())
    if item is None:
        flash(t("Tidak ada lagi yang perlu Anda tindak.", "There is nothing else for you to do."), "success")
        return redirect(url_for("work.inbox"))
    return redirect(url_for("work.find", record_id=item.record.id))


@work.get("/<app_slug>/<uuid:record_id>")
@access(MEMBER)
def record(app_slug: str, record_id: UUID) -> Page:
    """The record: what it says, how its deadlines stand, what may be done."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    return render_template("work/record.html", page=show_record(found))


@work.post("/<app_slug>/<uuid:record_id>/act/<action_id>")
@access(MEMBER)
def take(app_slug: str, record_id: UUID, action_id: str) -> Page:
    """Take an action. What was typed and sent stays when it is refused, also when somebody else was faster."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    outcome = act(db.session, found, action_id, request.form, request.files)
    if outcome.refusal is None:
        flash(outcome.told, "success")
        return redirect(url_for("work.record", app_slug=app_slug, record_id=record_id), 303)
    db.session.rollback()
    again = access_work(db.session, current_visitor(), app_slug, record_id)
    return refused_page(again, outcome.refusal, outcome.tried)


@work.post("/<app_slug>/<uuid:record_id>/act/<action_id>/asked")
@access(MEMBER)
def asked(app_slug: str, record_id: UUID, action_id: str) -> Response:
    """What the form of an action asks by the answers so far, for the page's script; nothing of it is kept."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    response = jsonify(asked_of_action(found, action_id, request.form))
    response.headers["Cache-Control"] = "no-store"
    return response


@work.get("/<app_slug>/<uuid:record_id>/files/<uuid:file_id>")
@access(MEMBER)
def file(app_slug: str, record_id: UUID, file_id: UUID) -> Response:
    """A photo or file of the record: officials see the original, also when it is hidden or blurred."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    return send_stored_file(access_record_file(db.session, found.actor, record_id, file_id))


def refused_page(work_item: Work, refusal: LumbungError, tried: Tried | None = None) -> tuple[str, int]:
    """The newest page of a record with why something was refused. What was typed goes back into its form, or stands
    beside the reason when that form is no longer there."""
    page = show_record(work_item, tried=tried)
    offered = tried is not None and any(form.id == tried.action for form in page.actions)
    typed = [] if tried is None or offered else [value for value in tried.values.values() if isinstance(value, str)]
    html = render_template("work/record.html", page=page, refusal=refusal, typed=[one for one in typed if one.strip()])
    return html, refusal.status


def asked_question() -> Question:
    """What the address asks of the inbox."""
    asked = _asked()
    tab: Tab | None = next((name for name in TABS if name == asked["tab"]), None)
    filters = {name.removeprefix(_FILTER): value for name, value in asked.items() if name.startswith(_FILTER)}
    return Question(tab, asked["app"], asked["q"], asked["order"], filters)


_FILTER = "f."


def _asked() -> dict[str, str]:
    return asked_of(request.args)


def asked_of(sent: MultiDict[str, str]) -> dict[str, str]:
    """What the inbox is asked for by an address or a form. Sixteen digits are no words: a NIK is looked for elsewhere
    (`work.search`)."""
    names = ["tab", "app", "q", "order", "cursor"]
    filters = [name for name in sent if name.startswith(_FILTER)][:20]
    found = {name: sent.get(name, "")[:200] for name in names}
    if find_digits(found["q"]) is not None:
        found["q"] = ""
    return found | {name: value for name in filters if (value := sent[name][:200])}


def _inbox() -> Inbox:
    asked = asked_question()
    return list_work(
        db.session,
        actor_for(db.session, current_visitor()),
        tab=asked.tab,
        app_slug=asked.app_slug,
        search=asked.search,
        cursor=_asked()["cursor"] or None,
        at=now(),
        order=asked.order,
        filters=asked.filters,
    )
