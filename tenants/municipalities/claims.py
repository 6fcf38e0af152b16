"""Claims: an officer asks to act for a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text
from tenants.accounts.models import Account
from tenants.municipalities.agreements import AGREEMENTS_VERSION
from tenants.municipalities.errors import AlreadyDecided, ClaimOpen, RegionTaken
from tenants.municipalities.evidence import EvidenceFile
from tenants.municipalities.models import Claim, Municipality
from tenants.municipalities.services import find_by_region
from tenants.regions.reference import Regency, find_regency

_ACCEPT = Text(
    "Untuk mendaftarkan daerah, kedua perjanjian perlu diterima.",
    "To claim a region, both agreements need to be accepted.",
)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with its region, its claimant, and the municipality when the region takes part by now."""

    claim: Claim
    region: Regency
    claimant: Account
    municipality: Municipality | None


def get_region(code: str) -> Regency:
    """The region with this code. Raises NotFound when there is none."""
    region = find_regency(code)
    if region is None:
        raise NotFound
    return region


def submit_claim(
    session: AnySession,
    account_id: UUID,
    code: str,
    *,
    office: str,
    position: str,
    evidence: str,
    accepted: bool,
    file: EvidenceFile | None = None,
) -> Claim:
    """A new open claim of this person for this region, under the agreements as they are today.

    Raises NotFound for an unknown region, RegionTaken when it takes part already, ClaimOpen when this person has an
    open claim for it, Invalid when the agreements are not accepted.
    """
    region = get_region(code)
    if find_by_region(session, region.code) is not None:
        raise RegionTaken
    if not accepted:
        raise Invalid(fields={"agreements": [str(_ACCEPT)]})
    claim = Claim(
        region_code=region.code,
        account_id=account_id,
        office=office,
        position=position,
        evidence=evidence,
        terms_version=AGREEMENTS_VERSION,
    )
    if file is not None:
        claim.evidence_name, claim.evidence_type, claim.evidence_data = file.name, file.content_type, file.data
    try:
        with session.begin_nested():
            session.add(claim)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_municipality_claims_open":
            raise
        raise ClaimOpen from error
    record_audit(
        session,
        "claim.submitted",
        subject_type="claim",
        subject_id=claim.id,
        after={"region": region.code, "office": office, "position": position, "agreements": AGREEMENTS_VERSION},
    )
    return claim


def find_open_claim(session: AnySession, account_id: UUID, code: str) -> Claim | None:
    """This person's open claim for this region, or None."""
    return session.scalar(
        select(Claim)
        .where(Claim.account_id == account_id, Claim.region_code == code, Claim.status == "open")
        .options(defer(Claim.evidence_data))
    )


def find_refused_claim(session: AnySession, account_id: UUID, code: str) -> Claim | None:
    """This person's last claim for this region when it was refused, or None."""
    last = session.scalar(
        select(Claim)
        .where(Claim.account_id == account_id, Claim.region_code == code)
        .options(defer(Claim.evidence_data))
        .order_by(Claim.created_at.desc())
        .limit(1)
    )
    return last if last is not None and last.status == "refused" else None


def list_own_claims(session: AnySession, account_id: UUID) -> list[ClaimView]:
    """All claims of a person, newest first."""
    return _views(session, Claim.account_id == account_id)


def list_claims(session: AnySession, *, decided: bool = False, limit: int = 200) -> list[ClaimView]:
    """The open claims, oldest first; with `decided` those that are not open any more, latest first."""
    return _views(session, Claim.status != "open" if decided else Claim.status == "open", decided=decided, limit=limit)


def count_open_claims(session: AnySession) -> int:
    """How many claims wait for an operator."""
    return session.scalar(select(func.count()).select_from(Claim).where(Claim.status == "open")) or 0


def get_claim(session: AnySession, claim_id: UUID) -> ClaimView:
    """One claim, for operators. Raises NotFound."""
    found = _views(session, Claim.id == claim_id)
    if not found:
        raise NotFound
    return found[0]


def get_evidence(session: AnySession, claim_id: UUID) -> EvidenceFile:
    """The file shown with a claim. Raises NotFound when there is no such claim, or no file in it."""
    row = session.execute(
        select(Claim.evidence_name, Claim.evidence_type, Claim.evidence_data).where(Claim.id == claim_id)
    ).first()
    if row is None or row.evidence_data is None:
        raise NotFound
    return EvidenceFile(
        row.evidence_name or "bukti", row.evidence_type or "application/octet-stream", row.evidence_data
    )


def withdraw_claim(session: AnySession, account_id: UUID, claim_id: UUID) -> Claim:
    """Take one's own open claim back. Raises NotFound when it is not one's own, AlreadyDecided when not open."""
    claim = lock_claim(session, claim_id)
    if claim.account_id != account_id:
        raise NotFound
    settle(claim, "withdrawn", by=account_id)
    session.flush()
    record_audit(session, "claim.withdrawn", subject_type="claim", subject_id=claim.id, before={"status": "open"})
    return claim


def lock_claim(session: AnySession, claim_id: UUID) -> Claim:
    """The claim, held until the transaction ends, so that one decision is made only. Raises NotFound."""
    claim = session.scalar(
        select(Claim).where(Claim.id == claim_id).with_for_update().execution_options(populate_existing=True)
    )
    if claim is None:
        raise NotFound
    return claim


def require_open(claim: Claim) -> None:
    """Raise AlreadyDecided when the claim is not open."""
    if claim.status != "open":
        raise AlreadyDecided


def settle(claim: Claim, status: str, *, by: UUID | None, reason: str | None = None) -> None:
    """End an open claim. Raises AlreadyDecided when it is not open."""
    require_open(claim)
    claim.status, claim.reason, claim.decided_by, claim.decided_at = status, reason, by, now()


def _views(session: AnySession, condition: object, *, decided: bool = True, limit: int = 200) -> list[ClaimView]:
    order = (Claim.decided_at.desc().nulls_first(), Claim.created_at.desc()) if decided else (Claim.created_at,)
    rows: Sequence[tuple[Claim, Account, Municipality | None]] = [
        (row[0], row[1], row[2])
        for row in session.execute(
            select(Claim, Account, Municipality)
            .join(Account, Account.id == Claim.account_id)
            .outerjoin(Municipality, Municipality.region_code == Claim.region_code)
            .where(condition)  # type: ignore[arg-type]
            .options(defer(Claim.evidence_data))
            .order_by(case((Claim.status == "open", 0), else_=1), *order)
            .limit(limit)
        )
    ]
    return [ClaimView(claim, get_region(claim.region_code), account, place) for claim, account, place in rows]
