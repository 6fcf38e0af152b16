"""What operators decide about claims: a municipality comes to be, or a reason is given."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.db import as_tenant, now, violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.messages import render_email, send_email
from tenants.accounts.models import Account
from tenants.accounts.services import index_membership
from tenants.calendars.models import OfficeHours
from tenants.calendars.national_import import import_national_days
from tenants.municipalities.claims import get_region, lock_claim, require_open, settle
from tenants.municipalities.errors import RegionTaken
from tenants.municipalities.models import Claim, Municipality
from tenants.municipalities.services import find_by_region, slug_error
from tenants.people.models import Membership, RoleGrant

_REASON = Text(
    "Tulis alasannya; pengaju membacanya.",
    "Write the reason; the claimant reads it.",
)
_SLUG_TAKEN = Text("Alamat ini baru saja dipakai daerah lain.", "Another municipality has just taken this address.")


def approve_claim(session: AnySession, claim_id: UUID, *, operator_id: UUID | None, slug: str) -> Municipality:
    """Found the municipality and make the claimant its first administrator.

    It begins as `preparing`, in the time zone of its province, with office hours from Monday to Friday, eight to
    four, and the national days off of this and the next year. Raises NotFound, AlreadyDecided when somebody was
    faster, RegionTaken when the region takes part by now, Invalid with the field `slug`, Conflict when the slug was
    taken this very moment.
    """
    claim = lock_claim(session, claim_id)
    require_open(claim)
    if find_by_region(session, claim.region_code) is not None:
        raise RegionTaken
    wrong = slug_error(session, slug)
    if wrong is not None:
        raise Invalid(fields={"slug": [str(wrong)]})
    settle(claim, "approved", by=operator_id)
    municipality = _found(session, claim, slug)
    _equip(session, municipality, claim)
    record_audit(
        session,
        "claim.approved",
        subject_type="claim",
        subject_id=claim.id,
        before={"status": "open"},
        after={"status": "approved", "municipality": str(municipality.id), "slug": slug},
    )
    _tell(session, claim, municipality)
    return municipality


def refuse_claim(session: AnySession, claim_id: UUID, *, operator_id: UUID | None, reason: str) -> Claim:
    """Refuse a claim and say why. Raises NotFound, AlreadyDecided, Invalid with the field `reason` without one."""
    if not reason.strip():
        raise Invalid(fields={"reason": [str(_REASON)]})
    claim = lock_claim(session, claim_id)
    settle(claim, "refused", by=operator_id, reason=reason.strip())
    session.flush()
    record_audit(
        session,
        "claim.refused",
        subject_type="claim",
        subject_id=claim.id,
        before={"status": "open"},
        after={"status": "refused", "reason": claim.reason},
    )
    _tell(session, claim, None)
    return claim


def _found(session: AnySession, claim: Claim, slug: str) -> Municipality:
    region = get_region(claim.region_code)
    municipality = Municipality(
        region_code=region.code,
        slug=slug,
        name=region.name,
        status="preparing",
        timezone=region.zone,
        terms_version=claim.terms_version,
        terms_accepted_at=claim.created_at,
        terms_accepted_by=claim.account_id,
    )
    try:
        with session.begin_nested():
            session.add(municipality)
            session.flush()
    except IntegrityError as error:
        constraint = violated_constraint(error)
        if constraint == "uq_municipalities_region_code":
            raise RegionTaken from error
        if constraint == "uq_municipalities_slug":
            raise Conflict(_SLUG_TAKEN) from error
        raise
    return municipality


def _equip(session: AnySession, municipality: Municipality, claim: Claim) -> None:
    """The first administrator, office hours and days off."""
    account = session.scalar(select(Account).where(Account.id == claim.account_id))
    if account is None:
        raise NotFound
    with as_tenant(session, municipality.id):
        member = Membership(
            tenant_id=municipality.id, account_id=account.id, name=account.name, position=claim.position
        )
        session.add(member)
        session.flush()
        session.add_all(
            RoleGrant(tenant_id=municipality.id, membership_id=member.id, role=role)
            for role in ("official", "tenant_admin")
        )
        session.add_all(
            OfficeHours(tenant_id=municipality.id, weekday=weekday, opens=time(8), closes=time(16))
            for weekday in range(5)
        )
        session.flush()
        year = now().year
        for coming in (year, year + 1):
            import_national_days(session, coming)
    index_membership(session, account.id, municipality.id)


def _tell(session: AnySession, claim: Claim, municipality: Municipality | None) -> None:
    claimant = session.get(Account, claim.account_id)
    if claimant is None:
        return
    mail = render_email(
        "municipalities/mail/claim_decided",
        language="en" if claimant.language == "en" else "id",
        claim=claim,
        region=get_region(claim.region_code),
        claimant=claimant,
        municipality=municipality,
    )
    send_email(
        session,
        to=claimant.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        subject_ref=("claim", claim.id),
    )
