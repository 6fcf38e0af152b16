"""Asking, rewriting, taking back, and voting: what a municipality does."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.campaigns.models import CampaignAnswer
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.installations.models import Installation
from app_catalog.releases.models import App, Release
from app_catalog.requests.models import AppRequest, RequestDecision, RequestVote
from app_catalog.requests.wording import KINDS, STILL_WANTED
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.ids import new_id
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

SHORTEST_TITLE, LONGEST_TITLE, LONGEST_WORDS = 8, 120, 2_000
MOST_POINTS = 20
_SETTLED = Text(
    "Daerah lain atau penerbitnya sudah menanggapi permintaan ini, jadi isinya tidak dapat diubah lagi. Tulis yang "
    "baru, atau tarik yang ini.",
    "Others have taken up this request already, so that its text can no longer be changed. Write a new one, or "
    "withdraw this one.",
)
_OWN = Text("Permintaan daerah Anda sendiri sudah dihitung.", "Your own municipality's request is counted already.")
_CLOSED = Text(
    "Permintaan ini sudah selesai dibahas. Dukung yang masih terbuka, atau tulis yang baru.",
    "This request is settled. Support one that is still open, or write a new one.",
)


def access_own_request(session: AnySession, installation: Installation, request_id: UUID) -> AppRequest:
    """A request of the session's municipality about the app; raises NotFound."""
    found = session.scalar(
        select(AppRequest).where(
            AppRequest.tenant_id == installation.tenant_id,
            AppRequest.app_id == installation.app_id,
            AppRequest.id == request_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def write_request(
    session: AnySession,
    visitor: Visitor,
    installation: Installation,
    *,
    kind: str,
    title: str,
    words: str,
    evaluation_id: UUID | None = None,
) -> AppRequest:
    """Publish a request of the municipality, with the version in use. Raises Invalid with what does not fit."""
    title, words = _checked(kind, title, words)
    request = AppRequest(
        tenant_id=installation.tenant_id,
        app_id=installation.app_id,
        kind=kind,
        title=title,
        words=words,
        version=session.scalars(select(Release.version).where(Release.id == installation.release_id)).one(),
        author=visitor.name,
        municipality_name=session.get_one(Municipality, installation.tenant_id).name,
        evaluation_id=evaluation_id,
        updated_at=now(),
    )
    session.add(request)
    session.flush()
    record_audit(session, "request.written", subject_type="app_request", subject_id=request.id, after={"kind": kind})
    return request


def rewrite_request(session: AnySession, request: AppRequest, *, kind: str, title: str, words: str) -> None:
    """Change what is asked, while nobody else has taken it up.

    Raises Invalid as `write_request` does, Conflict once another municipality supports it or the publisher decided,
    NotFound when it was withdrawn meanwhile.
    """
    title, words = _checked(kind, title, words)
    _lock(session, request)
    if is_taken_up(session, request):
        raise Conflict(_SETTLED)
    request.kind, request.title, request.words, request.updated_at = kind, title, words, now()
    session.flush()
    record_audit(session, "request.rewritten", subject_type="app_request", subject_id=request.id)


def is_taken_up(session: AnySession, request: AppRequest) -> bool:
    """Whether somebody else's vote or the publisher's decision refers to what is written there."""
    voted = select(RequestVote.id).where(RequestVote.request_id == request.id).exists()
    decided = select(RequestDecision.id).where(
        (RequestDecision.request_id == request.id) | (RequestDecision.duplicate_of == request.id)
    )
    return bool(session.scalar(select(voted | decided.exists())))


def withdraw_request(session: AnySession, request: AppRequest) -> None:
    """Take the request back: nobody reads it any more, and what was merged into it stands by itself again. Raises
    NotFound when that was done meanwhile."""
    _lock(session, request)
    record_audit(session, "request.withdrawn", subject_type="app_request", subject_id=request.id)
    session.execute(
        delete(RequestDecision).where(
            (RequestDecision.request_id == request.id) | (RequestDecision.duplicate_of == request.id)
        )
    )
    session.delete(request)
    session.flush()


def _lock(session: AnySession, request: AppRequest) -> None:
    """Wait for who is just voting or deciding about the app's requests, and keep others waiting: both refer to what is
    written there. Raises NotFound when the request was withdrawn meanwhile."""
    session.execute(select(App.id).where(App.id == request.app_id).with_for_update())
    own = select(AppRequest.id).where(AppRequest.tenant_id == request.tenant_id, AppRequest.id == request.id)
    if session.scalar(own) is None:
        raise NotFound


def vote(session: AnySession, installation: Installation, request_id: UUID) -> None:
    """Support a request about the app in the municipality's name; a second time changes nothing.

    Support for a duplicate goes to what it was merged into. Raises NotFound, Conflict for the municipality's own
    request and for one that is settled.
    """
    request, state = _wanted(session, installation.app_id, request_id)
    if request.tenant_id == installation.tenant_id:
        raise Conflict(_OWN)
    if state not in STILL_WANTED:
        raise Conflict(_CLOSED)
    name = session.get_one(Municipality, installation.tenant_id).name
    made = insert(RequestVote).values(
        id=new_id(),
        tenant_id=installation.tenant_id,
        app_id=installation.app_id,
        request_id=request.id,
        municipality_name=name,
        created_at=now(),
    )
    session.execute(made.on_conflict_do_nothing(index_elements=["tenant_id", "request_id"]))
    record_audit(session, "request.supported", subject_type="app_request", subject_id=request.id)


def take_vote_back(session: AnySession, installation: Installation, request_id: UUID) -> None:
    """The municipality no longer supports the request, nor what was merged into it. Raises NotFound."""
    request, _ = _wanted(session, installation.app_id, request_id)
    merged = select(RequestDecision.request_id).where(RequestDecision.duplicate_of == request.id)
    session.execute(
        delete(RequestVote).where(
            RequestVote.tenant_id == installation.tenant_id,
            (RequestVote.request_id == request.id) | RequestVote.request_id.in_(merged),
        )
    )
    record_audit(session, "request.no-longer-supported", subject_type="app_request", subject_id=request.id)


def file_points(
    session: AnySession, visitor: Visitor, installation: Installation, evaluation: SubmittedEvaluation | CampaignAnswer
) -> list[AppRequest]:
    """Each line of what should change by an evaluation, as an idea that refers to it; 20 at most."""
    filed = []
    for line in points_of(evaluation.should_change):
        title = line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
        words = line if title != line else ""
        filed.append(
            write_request(
                session, visitor, installation, kind="idea", title=title, words=words, evaluation_id=evaluation.id
            )
        )
    return filed


def points_of(text: str) -> list[str]:
    """The lines of a text without the marks of a list; those too short to say anything are left out."""
    lines = (re.sub(r"^\s*(?:[-*•–]|\d{1,2}[.)])?\s*", "", line).strip() for line in plain_text(text).splitlines())
    return [line for line in lines if len(line) >= SHORTEST_TITLE][:MOST_POINTS]


def _wanted(session: AnySession, app_id: UUID, request_id: UUID) -> tuple[AppRequest, str]:
    """The request itself, or what it was merged into, with its state; raises NotFound."""
    merged = select(RequestDecision.duplicate_of).where(RequestDecision.request_id == request_id)
    target = session.scalar(merged) or request_id
    row = session.execute(
        select(AppRequest, RequestDecision.state)
        .outerjoin(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .where(AppRequest.app_id == app_id, AppRequest.id == target)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1] or "open"


def _checked(kind: str, title: str, words: str) -> tuple[str, str]:
    title, words = " ".join(plain_text(title).split()), plain_text(words)
    errors: dict[str, list[str]] = {}
    if kind not in KINDS:
        errors["kind"] = [t("Pilih jenisnya.", "Choose what it is.")]
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        errors["title"] = [
            t(
                "Tulis {low} sampai {high} huruf.",
                "Write {low} to {high} characters.",
                low=SHORTEST_TITLE,
                high=LONGEST_TITLE,
            )
        ]
    if len(words) > LONGEST_WORDS:
        errors["words"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_WORDS)]
    if errors:
        raise Invalid(fields=errors)
    return title, words


def own_votes(session: AnySession, app_id: UUID) -> frozenset[UUID]:
    """Ids of the requests about an app that the session's municipality supports."""
    return frozenset(
        session.scalars(
            select(RequestVote.request_id).where(
                RequestVote.tenant_id == current_tenant(session), RequestVote.app_id == app_id
            )
        )
    )
