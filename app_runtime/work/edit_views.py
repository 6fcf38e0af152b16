"""`/work/<app>/<record>/edit`: set right what was reported, as far as the app allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app_runtime.work.editing import edit_controls, save_edit, typed_values
from app_runtime.work.reach import access_work
from app_runtime.work.views import Page, work
from lumbung.db import db
from lumbung.errors import Conflict, Invalid, LumbungError
from lumbung.i18n import t
from lumbung.web.access import MEMBER, access, current_visitor


@work.get("/<app_slug>/<uuid:record_id>/edit")
@access(MEMBER)
def edit_form(app_slug: str, record_id: UUID) -> Page:
    """The fields that this official may change, as they are."""
    return _page(app_slug, record_id)


@work.post("/<app_slug>/<uuid:record_id>/edit")
@access(MEMBER)
def edit(app_slug: str, record_id: UUID) -> Page:
    """Write the changes; the history keeps before and after."""
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    typed = typed_values(found, request.form)
    seen = request.form.get("version", "")
    try:
        save_edit(db.session, found, typed, seen=int(seen) if seen.isascii() and seen.isdigit() else None)
    except Invalid as error:
        db.session.rollback()
        return _page(app_slug, record_id, typed=typed, errors=error.fields), 422
    except Conflict as refusal:
        db.session.rollback()
        return _page(app_slug, record_id, typed=typed, refusal=refusal), refusal.status
    flash(t("Perubahan disimpan.", "The changes are saved."), "success")
    return redirect(url_for("work.record", app_slug=app_slug, record_id=record_id), 303)


def _page(
    app_slug: str,
    record_id: UUID,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    refusal: LumbungError | None = None,
) -> str:
    found = access_work(db.session, current_visitor(), app_slug, record_id)
    controls = edit_controls(found, typed=typed, errors=errors)
    return render_template(
        "work/edit.html",
        record=found.record,
        controls=controls,
        errors={f"edit.{name}": list(texts) for name, texts in (errors or {}).items()},
        labels={one.name: one.label for one in controls},
        refusal=refusal,
        address=url_for("work.record", app_slug=app_slug, record_id=record_id),
    )
