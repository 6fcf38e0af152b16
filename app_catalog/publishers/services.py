"""Asking to become a publisher, and the operator's decision."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app_catalog.publishers.agencies import access_agency, carry_agency, forget_agency
from app_catalog.publishers.keys import make_platform_key
from app_catalog.publishers.models import Publisher, PublisherMember
from lumbung.audit import record_audit
from lumbung.db import as_tenant, now
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Forbidden, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text
from tenants.accounts.models import Account, AccountMembership
from tenants.municipalities.models import Municipality
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import has_role
from tenants.regions.slugs import slug_problem

KINDS = ("municipality", "agency", "vendor", "community")
_TAKEN_SLUGS = frozenset({"request", "invitations", "replies"})
"""Addresses under /publish that are pages of their own."""


def municipalities_administered_by(session: AnySession, account_id: UUID) -> list[Municipality]:
    """The municipalities in which an account is an administrator now, by name."""
    known = session.scalars(
        select(Municipality)
        .join(AccountMembership, AccountMembership.municipality_id == Municipality.id)
        .where(AccountMembership.account_id == account_id, Municipality.status != "suspended")
        .order_by(Municipality.name)
    )
    return [municipality for municipality in known if _administers(session, account_id, municipality.id)]


def _administers(session: AnySession, account_id: UUID, municipality_id: UUID) -> bool:
    with as_tenant(session, municipality_id):
        return has_role(session, account_id, ADMIN_ROLE)


def request_publisher(
    session: AnySession,
    account_id: UUID,
    *,
    kind: str,
    name: str,
    slug: str,
    contact_email: str,
    about: str = "",
    website: str | None = None,
    evidence: str = "",
    municipality_id: UUID | None = None,
    agency: str = "",
) -> Publisher:
    """A publisher that waits for the operator. An agency's (`agency` is an `OfferedAgency.id`) is called by the agency
    and its municipality, whatever `name` says.

    Raises Forbidden when the account is no administrator of the municipality it offers, or may not offer the agency;
    Invalid when the address is unusable or evidence is missing, Conflict when address, municipality or agency are
    publishers already.
    """
    _check_request(session, account_id, kind=kind, slug=slug, evidence=evidence, municipality_id=municipality_id)
    offered = access_agency(session, account_id, agency) if kind == "agency" else None
    publisher = Publisher(
        slug=slug,
        name=offered.shown if offered else name,
        kind=kind,
        municipality_id=municipality_id if kind == "municipality" else None,
        about=about,
        website=website or None,
        contact_email=contact_email,
        evidence=evidence,
        requested_by=account_id,
    )
    try:
        with session.begin_nested():
            session.add(publisher)
    except IntegrityError as error:
        raise _taken(error) from error
    if offered is not None:
        carry_agency(session, publisher, offered)
    record_audit(
        session,
        "publisher.requested",
        subject_type="publisher",
        subject_id=publisher.id,
        after={"slug": slug, "kind": kind},
    )
    return publisher


def _check_request(
    session: AnySession, account_id: UUID, *, kind: str, slug: str, evidence: str, municipality_id: UUID | None
) -> None:
    problem = slug_problem(slug)
    if problem is None and slug in _TAKEN_SLUGS:
        problem = Text("Alamat ini dipakai oleh platform. Pilih yang lain.", "The platform uses this address.")
    if problem is not None:
        raise Invalid(fields={"slug": [str(problem)]})
    if kind == "municipality":
        if municipality_id is None or not _administers(session, account_id, municipality_id):
            raise Forbidden(
                Text(
                    "Hanya admin sebuah daerah yang dapat menawarkan daerah itu sebagai penerbit.",
                    "Only an administrator of a municipality may offer it as a publisher.",
                )
            )
    elif kind != "agency" and len(plain_text(evidence)) < 20:
        message = t(
            "Ceritakan siapa Anda dan sertakan buktinya (misalnya akta, situs resmi, surat penunjukan): "
            "minimal 20 huruf.",
            "Say who you are, with evidence (a deed, an official site, a letter of appointment): "
            "at least 20 characters.",
        )
        raise Invalid(fields={"evidence": [message]})


def _taken(error: IntegrityError) -> Exception:
    constraint = violated_constraint(error)
    if constraint == "uq_publishers_slug":
        return Conflict(
            Text(
                "Alamat penerbit ini sudah dipakai. Pilih yang lain.",
                "This publisher address is taken. Choose another.",
            )
        )
    if constraint == "uq_publishers_municipality_id":
        return Conflict(
            Text("Daerah ini sudah terdaftar sebagai penerbit.", "This municipality is a publisher already.")
        )
    return error


def list_requests(session: AnySession) -> list[tuple[Publisher, str]]:
    """Publishers that wait for a decision with the name of who asked, the longest waiting first."""
    rows = session.execute(
        select(Publisher, Account.name)
        .join(Account, Account.id == Publisher.requested_by)
        .where(Publisher.status == "requested")
        .order_by(Publisher.created_at)
    )
    return [(publisher, name) for publisher, name in rows]


def list_decided(session: AnySession, *, limit: int = 50) -> list[Publisher]:
    """Publishers with a decision, the newest decision first."""
    statement = select(Publisher).where(Publisher.status != "requested")
    return list(session.scalars(statement.order_by(Publisher.decided_at.desc().nulls_last()).limit(limit)))


def approve_publisher(session: AnySession, publisher_id: UUID, *, decided_by: UUID | None) -> Publisher:
    """The publisher may publish from now on: who asked becomes its owner and the platform makes its key.

    Raises NotFound when there is no such request, Conflict when it has been decided.
    """
    publisher = _waiting(session, publisher_id)
    _decide(session, publisher, status="approved", decided_by=decided_by, reason=None)
    if publisher.requested_by is not None:
        session.add(PublisherMember(publisher_id=publisher.id, account_id=publisher.requested_by, role="owner"))
    make_platform_key(session, publisher)
    return publisher


def refuse_publisher(session: AnySession, publisher_id: UUID, *, decided_by: UUID | None, reason: str) -> Publisher:
    """The request is refused and who asked reads why.

    Raises Invalid without a reason, NotFound when there is no such request, Conflict when it has been decided.
    """
    if len(plain_text(reason)) < 5:
        raise Invalid(fields={"reason": [t("Tulis alasannya, supaya pemohon tahu.", "Say why, so that they know.")]})
    publisher = _waiting(session, publisher_id)
    _decide(session, publisher, status="refused", decided_by=decided_by, reason=plain_text(reason))
    forget_agency(session, publisher)
    return publisher


def _waiting(session: AnySession, publisher_id: UUID) -> Publisher:
    publisher = session.scalar(select(Publisher).where(Publisher.id == publisher_id).with_for_update())
    if publisher is None:
        raise NotFound
    if publisher.status != "requested":
        raise Conflict(Text("Permintaan ini sudah diputuskan.", "This request has been decided already."))
    return publisher


def _decide(
    session: AnySession, publisher: Publisher, *, status: str, decided_by: UUID | None, reason: str | None
) -> None:
    publisher.status = status
    publisher.reason = reason
    publisher.decided_by = decided_by
    publisher.decided_at = now()
    session.flush()
    record_audit(
        session,
        f"publisher.{status}",
        subject_type="publisher",
        subject_id=publisher.id,
        before={"status": "requested"},
        after={"status": status, "reason": reason},
    )
