"""Sending a form: read, checked, compared with what is there, and made into exactly one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from app_catalog.definitions.model import Field
from app_runtime.pages.controls import Typed
from app_runtime.pages.opening import ANYBODY, OpenPage
from app_runtime.pages.reading_form import Texts, Uploads, Written, check_form, read_form
from app_runtime.records.creating import creatable_fields, create_record, may_create
from app_runtime.records.landmarks import keep_landmark
from app_runtime.records.nearby import possible_duplicates
from app_runtime.records.presenting import PresentedRecord
from lumbung.errors import Invalid, NotFound, TooMany
from lumbung.idempotency import find_result, once
from lumbung.limits import Limit, address_key, spend

MADE_FROM_ADDRESS = Limit("made-from-address", size=20, seconds=60 * 60)
"""New records of one app from one address: many people share one on a mobile network."""
SENT_FROM_ADDRESS = Limit("sent-from-address", size=90, seconds=60 * 60)
"""Forms sent from one address, refused ones too: each may cost the decoding of photos."""


@dataclass
class Sending:
    """How far a form came. `record_id` once there is a record; else what to show again and why, with `status`."""

    submission_key: str
    record_id: UUID | None = None
    typed: Typed = field(default_factory=Typed)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    similar: Sequence[PresentedRecord] = ()
    status: int = 200
    message: str = ""
    retry_after: int | None = None


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
    """Make a record of a form, once per submission key.

    Commits the files that came along, and nothing else. The answer says whether there is a record, or what is wrong:
    errors (422), likely duplicates to look at first (409), too many from this address (429).
    """
    session = opened.app.session
    key = _clean_key(form.get("submission_key", ""))
    earlier = find_result(session, _scope(opened), key)
    if earlier is not None:
        return Sending(key, UUID(earlier["record_id"]))
    fields = form_fields(opened)
    try:
        spend(SENT_FROM_ADDRESS, address_key())
    except TooMany as error:
        return _refused(Sending(key, typed=Typed(form.to_dict())), error)
    written = read_form(opened.app, fields.values(), form, uploads, uploaded_by=opened.writer.account_id)
    check_form(opened.app, fields, written, lambda known: opened.app.scope(known, actor=opened.writer))
    sending = Sending(key, typed=written.typed, errors=written.errors, status=422)
    if written.errors:
        return sending
    if form.get("confirmed") != "1":
        sending.similar = possible_duplicates(
            session, opened.app.installation, ANYBODY, opened.record_type.id, written.values
        )
        if sending.similar:
            sending.status = 409
            return sending
    return _make(opened, written, sending)


def _make(opened: OpenPage, written: Written, sending: Sending) -> Sending:
    session = opened.app.session

    def make() -> dict[str, Any]:
        spend(MADE_FROM_ADDRESS, f"{opened.app.installation.id}:{address_key()}")
        return {"record_id": str(_create(opened, written))}

    try:
        result = once(session, _scope(opened), sending.submission_key, make)
    except Invalid as error:
        session.rollback()
        sending.errors = error.fields
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


def _scope(opened: OpenPage) -> str:
    return f"page:{opened.app.installation.id}:{opened.page.id}"


def _clean_key(sent: str) -> str:
    """The form's own key; a fresh one when a form came without, which then cannot be told from another."""
    try:
        return str(UUID(sent))
    except ValueError:
        return str(uuid4())
