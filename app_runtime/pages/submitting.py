"""Sending a form: read, checked, compared with what is there, and made into exactly one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app_catalog.definitions.model import Field
from app_runtime.holding.errors import OVER_MANY
from app_runtime.pages.controls import Typed
from app_runtime.pages.opening import ANYBODY, OpenPage
from app_runtime.pages.reading_form import Texts, Uploads, Written, check_form, read_form, typed_form
from app_runtime.pages.sent_before import SITTING, list_alike, list_sent
from app_runtime.pages.submission_keys import clean_key, content_of, find_key, new_key, scope_of_key
from app_runtime.records.creating import creatable_fields, create_record, may_create, scope_of_new
from app_runtime.records.form_rows import MORE
from app_runtime.records.landmarks import keep_landmark
from app_runtime.records.models import Record
from app_runtime.records.nearby import possible_duplicates
from app_runtime.records.presenting import PresentedRecord
from lumbung.db import now
from lumbung.errors import Conflict, Invalid, NotFound, TooMany
from lumbung.idempotency import find_result, once
from lumbung.limits import Limit, address_key, spend

MADE_FROM_ADDRESS = Limit("made-from-address", size=20, seconds=60 * 60)
"""New records of one app from one address: many people share one on a mobile network."""
SENT_FROM_ADDRESS = Limit("sent-from-address", size=90, seconds=60 * 60)
"""Forms sent from one address, refused ones too: each may cost the decoding of photos."""


@dataclass
class Sending:
    """How far a form came. `record_id` once there is a record; else what to show again and why, with `status`.

    `own` are records that this browser has sent itself: from the very form, or alike to what is being sent.
    """

    submission_key: str
    record_id: UUID | None = None
    typed: Typed = field(default_factory=Typed)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    similar: Sequence[PresentedRecord] = ()
    own: Sequence[Record] = ()
    status: int = 200
    message: str = ""
    retry_after: int | None = None


def open_form(opened: OpenPage) -> Sending:
    """An empty form under the key that this browser has for it: going back brings the same form, not another one.

    A key is kept until the browser asks for another, or a day after something was sent under it.
    """
    key = find_key(opened)
    if key is None:
        return Sending(new_key(opened))
    sent = list_sent(opened, key)
    if sent and sent[0].created_at < now() - SITTING:
        return Sending(new_key(opened))
    return Sending(key, own=sent)


def form_fields(opened: OpenPage) -> dict[str, Field]:
    """The fields of a form in the order of its steps that its visitor may fill in.

    Raises NotFound when the visitor may not make such records at all.
    """
    kind = opened.record_type
    if not may_create(opened.app, kind, opened.writer):
        raise NotFound
    allowed = creatable_fields(opened.app, kind, opened.writer)
    names = [name for step in opened.page.steps.values() for name in step.fields]
    return {name: kind.fields[name] for name in names if name in allowed}


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
        return _refused(Sending(key, typed=typed_form(form)), error)
    written = read_form(opened.app, fields.values(), form, uploads, uploaded_by=opened.writer.account_id)
    if form.get(MORE):
        return Sending(key, typed=written.typed)
    check_form(
        opened.app,
        fields,
        written,
        lambda known: scope_of_new(opened.app, opened.record_type, known, opened.writer),
    )
    sending = Sending(key, typed=written.typed, errors=written.errors, status=422)
    if written.errors:
        return sending
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
        return {"record_id": str(_create(opened, written))}

    try:
        result = once(session, scope_of_key(opened, sending.submission_key), content, make)
    except Invalid as error:
        session.rollback()
        sending.errors = error.fields
        return sending
    except Conflict as error:
        if error.details.get("because") not in OVER_MANY:
            raise
        session.rollback()
        sending.status, sending.message = 409, str(error.message)
        return sending
    except TooMany as error:
        session.rollback()
        return _refused(sending, error)
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


def _refused(sending: Sending, error: TooMany) -> Sending:
    sending.status, sending.message, sending.retry_after = 429, str(error.message), error.retry_after
    return sending
