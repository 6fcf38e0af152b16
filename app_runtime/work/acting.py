"""Taking an action from its form: once, whatever was clicked twice, and nothing typed is lost when it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from app_catalog.definitions.model import Action
from app_runtime.records.errors import unknown_action
from app_runtime.work.choices import Tried, find_mine, standing_values
from app_runtime.work.controls import read_controls
from app_runtime.work.editing import emptied
from app_runtime.work.reach import Work
from app_runtime.work.uploads import Uploads, take_uploads
from app_runtime.workflow.acting import take_action
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Forbidden, Invalid, LumbungError
from lumbung.i18n import pick, t
from lumbung.idempotency import once
from lumbung.ids import new_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a sentence when it was done, else why not and what was typed."""

    told: str = ""
    refusal: LumbungError | None = None
    tried: Tried | None = None


def act(
    session: AnySession, work: Work, action_id: str, form: MultiDict[str, str], files: MultiDict[str, FileStorage]
) -> Outcome:
    """Take the action that a form asks for.

    Files are committed before the rest is tried: a refusal must not throw away what took a minute to send over a weak
    network; files that nothing claims are collected a day later. Raises NotFound when the record is out of reach.
    """
    action = find_mine(work, action_id)
    if action is None:
        return Outcome(refusal=unknown_action(action_id))
    fields = [ask.field for ask in action.asks.values()]
    typed = read_controls(work.app, fields, form, prefix=action_id)
    typed |= {name: emptied(typed[name]) for name in standing_values(work, action) if name in typed}
    uploads = take_uploads(session, fields, form, files, prefix=action_id, account_id=work.actor.account_id)
    if any(uploads.files.values()):
        session.commit()
    key = form.get("submission_key", "") or str(new_id())
    try:
        if uploads.errors:
            raise Invalid(fields=uploads.errors)
        _take_once(session, work, action, typed, uploads, key=key, seen=_seen(form))
    except (Invalid, Conflict, Forbidden) as refusal:
        errors = dict(refusal.fields) if isinstance(refusal, Invalid) else {}
        files_kept = {name: tuple(ids) for name, ids in uploads.files.items()}
        return Outcome(refusal=refusal, tried=Tried(action_id, typed, files_kept, errors, key))
    return Outcome(told=t("Tersimpan: {label}.", "Done: {label}.", label=pick(action.label) or action.id))


def _take_once(
    session: AnySession,
    work: Work,
    action: Action,
    typed: dict[str, Any],
    uploads: Uploads,
    *,
    key: str,
    seen: int | None,
) -> None:
    def take() -> dict[str, Any]:
        files = {name: ids for name, ids in uploads.files.items() if ids}
        take_action(session, work.record, work.actor, action.id, typed, expected_version=seen, files=files)
        return {"record_id": str(work.record.id)}

    once(session, f"act:{work.record.id}:{action.id}:{work.actor.account_id}", key, take)


def _seen(form: MultiDict[str, str]) -> int | None:
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
