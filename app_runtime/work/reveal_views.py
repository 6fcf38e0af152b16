"""`/work/<app>/<record>/reveal`: a number of the population register, told once to whoever says why."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, render_template, request

from app_runtime.records.revealing import reveal_nik
from app_runtime.work.reach import access_work, at_work
from app_runtime.work.record_page import show_record
from app_runtime.work.views import Page, work
from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.web.access import MEMBER, access, current_visitor


@work.post("/<app_slug>/<uuid:record_id>/reveal")
@access(MEMBER)
def reveal(app_slug: str, record_id: UUID) -> Page:
    """The record's page with the whole number in this one answer, which nobody keeps."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    field, reason = request.form.get("field", "")[:130], request.form.get("reason", "")
    try:
        digits = reveal_nik(db.session, found.record, at_work(found.actor), field, reason=reason)
    except Invalid as error:
        wrong = list(error.fields["reason"])
        page = show_record(found)
        return render_template("work/record.html", page=page, unrevealed=field, reveal_error=wrong), 422
    html = render_template("work/record.html", page=show_record(found), revealed={field: digits})
    answer: Response = make_response(html)
    answer.headers["Cache-Control"] = "no-store"
    return answer
