"""Sending a form: read, checked, compared with what is there, and made into exactly one record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app_runtime.drafts.services import drop_draft
from app_runtime.holding.errors import OVER_MANY
from app_runtime.pages.opening import ANYBODY, OpenPage
from app_runtime.pages.reading_form import Texts, Uploads, Written, check_form, read_form, typed_form
from app_runtime.pages.sending import SENT_FROM_ADDRESS, Sending, form_fields, refused
from app_runtime.pages.sent_before import list_alike
from app_runtime.pages.stepping import CHECK, asked_now, scope_of_form, steps_of, to_check
from app_runtime.pages.submission_keys import SEEN, clean_key, content_of, scope_of_key
from app_runtime.records.creating import create_record
from app_runtime.records.form_rows import MORE
from app_runtime.records.landmarks import keep_landmark
from app_runtime.records.nearby import possible_duplicates
from lumbung.errors import Conflict, Invalid, TooMany
from lumbung.idempotency import find_result, once
from lumbung.limits import Limit, address_key, spend

MADE_FROM_ADDRESS = Limit("made-from-address", size=20, seconds=60 * 60)
"""New records of one app from one address: many people share one on a mobile network."""


def send_form(opened: OpenPage, form: Texts, uploads: Uploads) -> Sending:
    """Make a record of a form, once per submission key and content.

    Commits the files that came along, and nothing else. The answer says whether there is a record, or what is wrong:
    errors (422), likely duplicates to look at first (409), no place left or another rule over many records (409), too
    many from this address (429). The same key with other content makes another record, after a question when the two
    are alike.
    """
    session = opened.app.session
    key, content = clean_key(form.get("submission_key", "")), content_of(form, uploads)
    earlier = find_result(session, scope_of_key(opened, key), content)
    if earlier is not None:
        return Sending(key, UUID(earlier["record_id"]))
    fields = form_fields(opened)
    try:
        spend(SENT_FROM_ADDRESS, address_key())
    except TooMany as error:
        return refused(Sending(key, typed=typed_form(form), at=CHECK, seen=form.getlist(SEEN)), error)
    written = read_form(opened.app, fields.values(), form, uploads, uploaded_by=opened.writer.account_id)
    if form.get(MORE):
        return Sending(key, typed=written.typed)
    values = check_form(opened.app, fields, written, scope_of_form(opened), opened.writer)
    sending = Sending(key, typed=written.typed, errors=written.errors, status=422, values=values, at=CHECK)
    sending.written, sending.seen = written, (*form.getlist(SEEN), CHECK)
    if written.errors:
        return _wrong_step(opened, written, sending)
    if form.get("confirmed") != "1":
        _ask_first(opened, written, sending)
        if sending.own or sending.similar:
            # Of two that were sent at once the first may have come to its end since: what is alike is this very form.
            earlier = find_result(session, scope_of_key(opened, key), content)
            if earlier is not None:
                return Sending(key, UUID(earlier["record_id"]))
            sending.status = 409
            return sending
    return _make(opened, written, sending, content)


def _wrong_step(opened: OpenPage, written: Written, sending: Sending) -> Sending:
    """Of a form of several pages, the first one on which something is wrong."""
    if opened.page.in_pages:
        fields = form_fields(opened)
        sending.asked = asked_now(opened, fields, written)
        to_check(steps_of(opened, fields, sending.asked.hidden), written.errors, sending)
    return sending


def _ask_first(opened: OpenPage, written: Written, sending: Sending) -> None:
    """What the sender should look at first: own records that are alike, and those of others."""
    sending.own = list_alike(opened, sending.submission_key, written)
    own = {record.id for record in sending.own}
    found = possible_duplicates(
        opened.app.session,
        opened.app.installation,
        ANYBODY,
        opened.record_type.id,
        written.values,
        landmarks=written.landmarks,
    )
    sending.similar = [record for record in found if record.id not in own]


def _make(opened: OpenPage, written: Written, sending: Sending, content: str) -> Sending:
    session = opened.app.session

    def make() -> dict[str, Any]:
        spend(MADE_FROM_ADDRESS, f"{opened.app.installation.id}:{address_key()}")
        if opened.writer.account_id is not None:
            drop_draft(session, opened.app.installation, opened.page.id, opened.writer.account_id)
        return {"record_id": str(_create(opened, written))}

    try:
        result = once(session, scope_of_key(opened, sending.submission_key), content, make)
    except Invalid as error:
        session.rollback()
        sending.errors = written.errors = dict(error.fields)
        return _wrong_step(opened, written, sending)
    except Conflict as error:
        if error.details.get("because") not in OVER_MANY:
            raise
        session.rollback()
        sending.status, sending.message = 409, str(error.message)
        return sending
    except TooMany as error:
        session.rollback()
        return refused(sending, error)
    sending.record_id = UUID(result["record_id"])
    return sending


def _create(opened: OpenPage, written: Written) -> UUID:
    by_landmark = any(text and name not in written.values for name, text in written.landmarks.items())
    created = create_record(
        opened.app.session,
        opened.app.installation,
        opened.writer,
        opened.record_type.id,
        written.values,
        # What a form alone asks for was checked; only a point may be left for an official to set.
        channel="api" if by_landmark else "form",
        files={name: ids for name, ids in written.files.items() if ids},
    )
    for name, text in written.landmarks.items():
        keep_landmark(created.record, name, text)
    opened.app.session.flush()
    return created.record.id
