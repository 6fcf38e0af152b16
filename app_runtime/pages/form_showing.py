"""A form as a page: all of it, or one step of it, or all answers before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request, url_for

from app_catalog.definitions.model import Field
from app_runtime.pages.conditions import any_conditional, deciding_fields
from app_runtime.pages.controls import controls, labels_of
from app_runtime.pages.done import remember_made
from app_runtime.pages.opening import OpenPage, app_name
from app_runtime.pages.personal_data import data_notice
from app_runtime.pages.reckoned import reckoned, reckoned_fields
from app_runtime.pages.sending import Sending, form_fields
from app_runtime.pages.stepping import CHECK, Step, asked_now, carried, errors_of, steps_of, typed_for
from app_runtime.pages.summary import answered_steps
from app_runtime.records.answers import Asked
from lumbung.messages.services import channel_available


def show_form(opened: OpenPage, sending: Sending) -> Response:
    """The form with what was typed and what is wrong; kept by nobody."""
    fields = {name: _begun(spec) for name, spec in form_fields(opened).items()}
    for record in reversed(sending.own):
        # Whoever holds the form's key made them, even if the answer was lost on its way.
        remember_made(record.id)
    if sending.asked is None and (
        opened.page.in_pages or any_conditional(fields.values()) or reckoned_fields(opened, fields)
    ):
        sending.asked = asked_now(opened, fields, sending.written)
    context = _in_pages(opened, fields, sending) if opened.page.in_pages else _on_one_page(opened, fields, sending)
    shown = render_template(
        "pages/step.html" if opened.page.in_pages else "pages/form.html",
        opened=opened,
        name=app_name(opened.app),
        sending=sending,
        labels=labels_of(fields.values()),
        # Of all pages: a script that goes from one to the next does not load anything more.
        with_map=any(spec.type == "point" for spec in fields.values()),
        with_contact=any(spec.private for spec in fields.values()),
        can_mail=channel_available("email"),
        notice=data_notice(opened.app.definition),
        on_server=opened.writer.account_id is not None,
        **context,
    )
    response = Response(shown, sending.status)
    if sending.retry_after is not None:
        response.headers["Retry-After"] = str(sending.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


def _begun(spec: Field) -> Field:
    """A field that names a record begins with the one that the form's address names."""
    given = request.args.get(spec.id, "")[:100] if spec.target is not None else ""
    return replace(spec, default=given) if given else spec


def _on_one_page(opened: OpenPage, fields: Mapping[str, Field], sending: Sending) -> dict[str, Any]:
    steps = []
    for step in opened.page.steps.values():
        specs = [fields[name] for name in step.fields if name in fields]
        if specs:
            steps.append((step, controls(opened.app, specs, sending.typed, sending.errors, sending.asked)))
    return {
        "steps": steps,
        **_live(opened, fields, sending.asked),
    }


def _in_pages(opened: OpenPage, fields: Mapping[str, Field], sending: Sending) -> dict[str, Any]:
    asked = sending.asked or Asked()
    steps = steps_of(opened, fields, asked.hidden)
    here = next((place for place, one in enumerate(steps) if one.step.id == sending.at), 0)
    if sending.at == CHECK:
        last: dict[str, Any] = {"fields": {}, "steps": steps, "number": len(steps) + 1, "current": None, "asked": ()}
        # Without cleaned answers (too much was sent) there is nothing to tell in words.
        return last | {
            "answered": answered_steps(opened, steps, sending) if sending.values else [],
            "sums": reckoned(opened, fields, asked) if sending.values else {},
            "carried": carried(sending.typed, fields, {}),
            "own_errors": sending.errors,
            "elsewhere": {},
        }
    shown: Step = steps[here]
    elsewhere = _elsewhere(steps, shown, sending)
    others = {name for errors in elsewhere.values() for name in errors}
    typed = typed_for(shown.step, sending.typed, sending.seen)
    return {
        "steps": steps,
        "number": here + 1,
        "current": shown.step,
        "asked": controls(opened.app, shown.fields.values(), typed, sending.errors, asked),
        "carried": carried(sending.typed, fields, shown.fields),
        "own_errors": {name: texts for name, texts in sending.errors.items() if name not in others},
        "elsewhere": elsewhere,
        **_live(opened, shown.fields, asked),
    }


def _elsewhere(steps: list[Step], shown: Step, sending: Sending) -> dict[str, dict[str, list[str]]]:
    """What is wrong in other steps, by their ids."""
    found = {one.step.id: errors_of(sending.errors, set(one.fields)) for one in steps if one is not shown}
    return {step: errors for step, errors in found.items() if errors}


def _live(opened: OpenPage, shown: Mapping[str, Field], asked: Asked | None) -> dict[str, Any]:
    """Where a script asks what is shown and worked out now, and the answers on this page that decide about it."""
    sums = reckoned_fields(opened, shown)
    deciding = deciding_fields(opened.record_type, [*shown.values(), *sums.values()]) & shown.keys()
    if not deciding:
        return {}
    address = url_for("pages.asked", slug=opened.slug, page_id=opened.page.id)
    live = {"address": address, "reads": " ".join(sorted(deciding))}
    return {"live": live, "sums": reckoned(opened, shown, asked or Asked())}
