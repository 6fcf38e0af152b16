"""How far a form came on its way: what it shows again, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app_catalog.definitions.model import Field
from app_runtime.drafts.services import Draft
from app_runtime.pages.controls import Typed
from app_runtime.pages.opening import OpenPage
from app_runtime.pages.reading_form import Written
from app_runtime.records.answers import Asked
from app_runtime.records.creating import creatable_fields, may_create
from app_runtime.records.models import Record
from app_runtime.records.presenting import PresentedRecord
from lumbung.errors import NotFound, TooMany
from lumbung.limits import Limit

SENT_FROM_ADDRESS = Limit("sent-from-address", size=90, seconds=60 * 60)
"""Forms sent from one address, refused ones too: each may cost the decoding of photos."""


@dataclass
class Sending:
    """How far a form came. `record_id` once there is a record; else what to show again and why, with `status`.

    `own` are records that this browser has sent itself: from the very form, or alike to what is being sent. In a form
    of several pages `at` is the step to show, `seen` are those where somebody has been, `changing` says that it was
    opened from the page with all answers, and `values` are the cleaned answers once nothing is wrong. `draft` is what
    was kept of it for whoever is signed in; `over` says that the form was sent already, so that no draft of it is kept.
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
    at: str = ""
    seen: Sequence[str] = ()
    changing: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    written: Written | None = None
    asked: Asked | None = None
    draft: Draft | None = None
    over: bool = False


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


def refused(sending: Sending, error: TooMany) -> Sending:
    """The form again, with when it may be sent."""
    sending.status, sending.message, sending.retry_after = 429, str(error.message), error.retry_after
    return sending
