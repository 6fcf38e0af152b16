"""More for one municipality, given by an operator with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from lumbung.audit import record_audit
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import Text
from tenants.answers import Answers
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import GB, Limits, Resource
from tenants.plans.models import PlanException
from tenants.plans.usage import measure

MOST: Limits = {Resource.FILES: 10_000, Resource.RECORDS: 100_000_000, Resource.EMAILS: 10_000_000}
"""What may be typed at most: gigabytes, records, e-mails."""
_UNITS: Limits = {Resource.FILES: GB, Resource.RECORDS: 1, Resource.EMAILS: 1}


def read_exception(form: Mapping[str, str]) -> tuple[dict[Resource, int | None], str]:
    """The limits that an operator typed (gigabytes, records, e-mails; empty where the plan holds) and the reason.

    Raises Invalid with every mistake.
    """
    answers = Answers(form)
    limits: dict[Resource, int | None] = {}
    for resource in Resource:
        typed = form.get(resource, "").strip()
        whole = answers.whole(resource, least=1, most=MOST[resource]) if typed else None
        limits[resource] = whole * _UNITS[resource] if whole is not None else None
    anything = any(limit is not None for limit in limits.values())
    reason = answers.text("reason", most=500, optional=not anything)
    if answers.errors:
        raise Invalid(fields=answers.errors)
    return limits, reason


def find_exception(session: AnySession, municipality_id: UUID) -> PlanException | None:
    """What an operator gave a municipality, or None."""
    return session.scalars(select(PlanException).where(PlanException.municipality_id == municipality_id)).one_or_none()


def give_exception(
    session: AnySession,
    municipality: Municipality,
    limits: Mapping[Resource, int | None],
    *,
    reason: str,
    operator_id: UUID,
) -> bool:
    """Let a municipality keep more than its plan gives; without any limit the plan alone holds again. Whether something
    is different now. Raises Invalid without a reason."""
    found = find_exception(session, municipality.id)
    before = None if found is None else {**_limits(found), "reason": found.reason}
    if any(limit is not None for limit in limits.values()):
        if not reason:
            raise Invalid(fields={"reason": [str(Text("Tulis alasannya.", "Write the reason."))]})
        if found is None:
            found = PlanException(municipality_id=municipality.id, reason=reason, given_by=operator_id)
            session.add(found)
        found.files, found.records, found.emails = (limits.get(resource) for resource in Resource)
        found.reason, found.given_by = reason, operator_id
        after: dict[str, object] | None = {**_limits(found), "reason": reason}
    elif found is not None:
        session.delete(found)
        after = None
    else:
        return False
    if before == after:
        return False
    session.flush()
    record_audit(
        session,
        "municipality.limits",
        subject_type="municipality",
        subject_id=municipality.id,
        before=before,
        after=after,
    )
    with as_tenant(session, municipality.id):
        measure(session, anew=False)
    return True


def _limits(given: PlanException) -> dict[str, object]:
    return {"files": given.files, "records": given.records, "emails": given.emails}
