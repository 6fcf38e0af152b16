"""What a publisher makes of requests: states with a public note, merging duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.releases.states import list_states
from app_catalog.requests.models import AppRequest, RequestDecision
from app_catalog.requests.wording import STATES
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor

LONGEST_NOTE = 1_000
SHORTEST_REASON = 10


def access_asked(session: AnySession, publisher: Publisher, request_id: UUID) -> tuple[App, AppRequest]:
    """A request about one of the publisher's apps; raises NotFound."""
    row = session.execute(
        select(App, AppRequest)
        .join(AppRequest, AppRequest.app_id == App.id)
        .where(App.publisher_id == publisher.id, AppRequest.id == request_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_own_apps(session: AnySession, publisher: Publisher) -> Sequence[App]:
    """The publisher's apps by id."""
    return session.scalars(select(App).where(App.publisher_id == publisher.id).order_by(App.slug)).all()


def fixing_versions(session: AnySession, app_id: UUID) -> list[str]:
    """The published versions of an app, the highest first: in one of them a request may be fixed."""
    return [state.release.version for state in list_states(session, app_id) if state.kind == "published"]


def decide_request(
    session: AnySession,
    visitor: Visitor,
    publisher: Publisher,
    request_id: UUID,
    *,
    state: str,
    note: str = "",
    fixed_version: str = "",
    duplicate_of: str = "",
) -> RequestDecision:
    """Say in public what becomes of a request; saying it again replaces it.

    A duplicate is merged: whoever wanted it wants the other from then on, and so does whoever wanted what had been
    merged into it. Raises NotFound, and Invalid for a state that is none, a version that is not published, a request
    of another app or itself, a refusal without its reason, and a note that is too long.
    """
    app, request = access_asked(session, publisher, request_id)
    # Two maintainers decide one after the other: the app's row is what they queue for.
    session.execute(select(App.id).where(App.id == app.id).with_for_update())
    if session.scalar(select(AppRequest.id).where(AppRequest.id == request_id)) is None:
        raise NotFound
    target = _target(session, request, duplicate_of) if state == "duplicate" else None
    note = plain_text(note)
    _check(session, app, state=state, note=note, fixed_version=fixed_version, merged=target is not None)
    decision = session.scalar(select(RequestDecision).where(RequestDecision.request_id == request_id))
    before = decision.state if decision else "open"
    if decision is None:
        assert visitor.account_id is not None
        decision = RequestDecision(
            publisher_id=publisher.id,
            app_id=app.id,
            request_id=request_id,
            municipality_id=request.tenant_id,
            account_id=visitor.account_id,
        )
        session.add(decision)
    decision.state, decision.note, decision.author, decision.updated_at = state, note, publisher.name, now()
    decision.fixed_version = fixed_version if state == "fixed" else None
    decision.duplicate_of = target
    session.flush()
    if target is not None:
        session.execute(
            update(RequestDecision).where(RequestDecision.duplicate_of == request_id).values(duplicate_of=target)
        )
    record_audit(
        session,
        "request.decided",
        subject_type="app_request",
        subject_id=request_id,
        before={"state": before},
        after={"state": state, "fixed_version": decision.fixed_version, "duplicate_of": str(target or "")},
    )
    return decision


def _target(session: AnySession, request: AppRequest, written: str) -> UUID | None:
    """What a duplicate is merged into: never itself, never something that was merged elsewhere."""
    try:
        wanted = UUID(written)
    except ValueError:
        return None
    found = session.execute(
        select(AppRequest.id, RequestDecision.duplicate_of)
        .outerjoin(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .where(AppRequest.app_id == request.app_id, AppRequest.id == wanted)
    ).one_or_none()
    if found is None:
        return None
    target: UUID = found[1] or found[0]
    return target if target != request.id else None


def _check(session: AnySession, app: App, *, state: str, note: str, fixed_version: str, merged: bool) -> None:
    errors: dict[str, list[str]] = {}
    if state not in STATES:
        errors["state"] = [t("Pilih keadaannya.", "Choose its state.")]
    if state == "fixed" and fixed_version not in fixing_versions(session, app.id):
        errors["fixed_version"] = [t("Pilih versi yang sudah terbit.", "Choose a version that is published.")]
    if state == "duplicate" and not merged:
        errors["duplicate_of"] = [
            t("Pilih permintaan lain tentang aplikasi ini.", "Choose another request about this app.")
        ]
    if state == "declined" and len(note) < SHORTEST_REASON:
        errors["note"] = [t("Tulis alasannya, supaya mereka mengerti.", "Say why, so that they understand.")]
    if len(note) > LONGEST_NOTE:
        errors["note"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_NOTE)]
    if errors:
        raise Invalid(fields=errors)
