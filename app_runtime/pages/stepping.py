"""A form that is asked for step by step (ADR 50): one step a page, then all answers once more, then it is sent.

Nothing is kept on the server for it: what was written in other steps travels along in hidden fields, files by the
names that they were stored under. Whoever is signed in has a draft as well, which is kept with each step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app_catalog.definitions.model import Field, FormStep
from app_runtime.drafts.services import save_draft
from app_runtime.pages.conditions import asked_here
from app_runtime.pages.controls import Typed
from app_runtime.pages.opening import OpenPage
from app_runtime.pages.reading_form import (
    ScopeOf,
    Texts,
    Uploads,
    Written,
    asked_in_form,
    check_form,
    read_form,
    read_unsent,
)
from app_runtime.pages.sending import SENT_FROM_ADDRESS, Sending, form_fields, refused
from app_runtime.pages.sent_before import is_sent
from app_runtime.pages.submission_keys import AT, GO, OWN_NAMES, SEEN, clean_key
from app_runtime.records.answers import Asked
from app_runtime.records.creating import scope_of_new
from app_runtime.records.form_rows import MORE
from lumbung.errors import TooMany
from lumbung.limits import address_key, spend

CHECK = "_check"
"""The last page: all answers, and the button that sends them. Also the word that asks for it."""
NEXT, BACK, SAVE, TO = "next", "back", "save", "at:"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a form, with the fields that its page asks for now."""

    step: FormStep
    fields: Mapping[str, Field]


def steps_of(opened: OpenPage, fields: Mapping[str, Field], hidden: frozenset[str]) -> list[Step]:
    """The steps in which anything is asked, given what earlier answers hide."""
    found = []
    for step in opened.page.steps.values():
        own = {name: fields[name] for name in step.fields if name in fields}
        asked = asked_here(opened.record_type, own, hidden)
        if asked:
            found.append(Step(step, asked))
    return found


def take_step(opened: OpenPage, form: Texts, uploads: Uploads) -> Sending:
    """Where a form goes from a step: on, back, to a step by its id, to all answers, or into a draft.

    Going on checks the step that is left (422 shows it again), going to all answers checks everything and leads to the
    first step in which something is wrong. Going back loses nothing and checks nothing. Commits files that came along.
    No draft is kept of a form that was sent already; `over` says so.
    """
    sending = Sending(
        clean_key(form.get("submission_key", "")), at=form.get(AT, ""), changing=bool(form.get("_changing"))
    )
    fields, session = form_fields(opened), opened.app.session
    if any(upload.filename for upload in uploads.values()):
        try:
            spend(SENT_FROM_ADDRESS, address_key())
        except TooMany as error:
            return refused(sending, error)
    written = read_form(opened.app, fields.values(), form, uploads, uploaded_by=opened.writer.account_id)
    scope = scope_of_form(opened)
    asked = asked_in_form(opened.app, fields, written, scope, opened.writer)
    sending.typed, sending.asked = written.typed, asked
    sending.seen = tuple(dict.fromkeys([*form.getlist(SEEN), sending.at]))
    if not form.get(MORE):
        refused_files = dict(written.errors)
        sending.values = check_form(opened.app, fields, written, scope, opened.writer)
        _go(form.get(GO, ""), steps_of(opened, fields, asked.hidden), written, sending, refused_files)
    # Another tab may have sent this very form: what is left of it is no draft of anything.
    sending.over = is_sent(opened, sending.submission_key)
    if sending.status == 200 and opened.writer.account_id is not None and not sending.over:
        _keep(opened, fields, sending)
    session.flush()
    return sending


def _go(
    wish: str, steps: Sequence[Step], written: Written, sending: Sending, refused_files: Mapping[str, list[str]]
) -> None:
    ids = [one.step.id for one in steps]
    here = ids.index(sending.at) if sending.at in ids else len(ids) if sending.at == CHECK else 0
    leaving = set(steps[here].fields) if here < len(steps) else set[str]()
    if not sending.at:
        # A form on one page is left as a whole.
        leaving = {name for one in steps for name in one.fields}
    if wish in (NEXT, CHECK):
        sending.errors = errors_of(written.errors, leaving)
    elif wish == SAVE:
        sending.errors = errors_of(refused_files, leaving)
    if sending.errors:
        sending.status = 422
    elif wish == BACK:
        sending.at = ids[max(here - 1, 0)]
    elif wish.startswith(TO) and wish.removeprefix(TO) in ids:
        sending.changing = sending.at == CHECK
        sending.at = wish.removeprefix(TO)
    elif wish == NEXT and here + 1 < len(ids):
        sending.at = ids[here + 1]
    elif wish != SAVE:
        to_check(steps, written.errors, sending)


def to_check(steps: Sequence[Step], errors: Mapping[str, list[str]], sending: Sending) -> None:
    """Show all answers; or the first step in which one is wrong, with everything that is."""
    wrong = next((one for one in steps if errors_of(errors, set(one.fields))), None)
    sending.errors = errors
    if errors:
        sending.status = 422
    sending.at = wrong.step.id if wrong else CHECK
    sending.changing = sending.changing or (wrong is not None and CHECK in sending.seen)


def errors_of(errors: Mapping[str, list[str]], names: set[str]) -> dict[str, list[str]]:
    """The errors of these fields, with those of their members."""
    return {name: texts for name, texts in errors.items() if name.partition(".")[0] in names}


def scope_of_form(opened: OpenPage) -> ScopeOf:
    """What conditions see of the answers so far."""
    return lambda known: scope_of_new(opened.app, opened.record_type, known, opened.writer)


def asked_now(opened: OpenPage, fields: Mapping[str, Field], written: Written | None = None) -> Asked:
    """What is hidden and what is demanded by what was written so far; by the defaults alone when nothing was."""
    return asked_in_form(opened.app, fields, written or Written(), scope_of_form(opened), opened.writer)


def asked_of(opened: OpenPage, form: Texts) -> Asked:
    """What is hidden and what is demanded by what stands in a form at this moment; stores nothing."""
    fields = form_fields(opened)
    return asked_now(opened, fields, read_unsent(opened.app, fields, form))


def typed_for(step: FormStep, typed: Typed, seen: Sequence[str]) -> Typed:
    """What stands in a step: what was typed, or the defaults where nobody has been yet."""
    been = step.id in seen or any(name.partition(".")[0] in step.fields for name in typed.texts)
    return typed if been else replace(typed, texts={}, chosen={})


def carried(typed: Typed, fields: Mapping[str, Field], shown: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Name, value and whether a phone may keep it, of everything that was written in other steps."""
    found = [
        (name, text, not _is_nik(fields[field], name))
        for name, texts in typed.chosen.items()
        if (field := name.partition(".")[0]) in fields and field not in shown and fields[field].type != "files"
        for text in texts
        if text
    ]
    kept = [
        (f"{name}.kept", file.token, False)
        for name, files in typed.kept.items()
        if name in fields and name not in shown
        for file in files
    ]
    return found + kept


def _is_nik(spec: Field, name: str) -> bool:
    """Whether a control asks for a national identity number, also within a group or a list."""
    member = spec.fields.get(name.rpartition(".")[2])
    return "nik" in (spec.type, member.type if member else "")


def _keep(opened: OpenPage, fields: Mapping[str, Field], sending: Sending) -> None:
    assert opened.writer.account_id is not None
    texts = {
        name: texts
        for name, texts in sending.typed.chosen.items()
        if name not in OWN_NAMES and (field := name.partition(".")[0]) in fields and fields[field].type != "files"
    }
    save_draft(
        opened.app.session,
        opened.app.installation,
        opened.page.id,
        opened.writer.account_id,
        key=sending.submission_key,
        step=sending.at,
        texts={**texts, SEEN: sending.seen},
        files=sending.typed.kept,
    )
