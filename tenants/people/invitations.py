"""Invitations to work in a municipality: made by its admin, carried by link, QR and e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from lumbung.audit import record_audit
from lumbung.db import current_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, LumbungError, NotFound
from lumbung.i18n import Text
from lumbung.messages import channel_available, render_email, send_email
from lumbung.web.access import Visitor
from lumbung.web.sites import hub_origin
from tenants.accounts.addresses import checked_address
from tenants.accounts.tokens import digest_of, new_secret
from tenants.agencies.models import Agency
from tenants.answers import clean_text
from tenants.municipalities.models import Municipality
from tenants.people.models import Invitation
from tenants.people.role_catalogue import role_names
from tenants.people.roles import split_role

LIFETIME = timedelta(days=14)
LONGEST = 120


def invite_person(
    session: AnySession,
    actor: Visitor | None,
    *,
    email: str,
    name: str,
    position: str = "",
    agency_id: UUID | None = None,
    head: bool = False,
    roles: Sequence[str] = (),
) -> tuple[Invitation, str]:
    """Invite somebody to the session's municipality; the invitation and the link, which is shown now and never again.

    `roles` are written as in `tenants.people.roles`; everybody who accepts is an official besides. `head` makes them
    head of `agency_id`. `actor` is None for commands. An earlier open invitation of the same address stops working.
    The link goes out by e-mail too when this platform can send any (`channel_available("email")`).
    Raises Invalid with `fields`.
    """
    municipality = _municipality(session)
    name, position = clean_text(name), clean_text(position)
    address = checked_address(email)
    agency = _find_agency(session, agency_id)
    problems = _problems(address=address, name=name, position=position, agency_id=agency_id, agency=agency, head=head)
    if problems or address is None:
        raise Invalid(fields=problems)
    wanted = list(dict.fromkeys(":".join(part for part in split_role(role) if part) for role in roles))
    _withdraw_open(session, municipality.id, address)
    token = new_secret()
    invitation = Invitation(
        tenant_id=municipality.id,
        email=address,
        name=name,
        position=position,
        agency_id=agency_id,
        head=head,
        roles=wanted,
        token_digest=digest_of(token),
        invited_by=actor.account_id if actor else None,
        expires_at=now() + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    record_audit(
        session,
        "invitation.made",
        subject_type="invitation",
        subject_id=invitation.id,
        after={"roles": wanted, "agency": agency.key if agency else None, "head": head},
    )
    link = f"{hub_origin()}/invitation/{municipality.slug}/{token}"
    if channel_available("email"):
        _mail(session, municipality, invitation, link=link, inviter=actor.name if actor else "", agency=agency)
    return invitation, link


def list_open_invitations(session: AnySession) -> Sequence[Invitation]:
    """The municipality's invitations that nobody has accepted yet and that still work, the newest first."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.tenant_id == current_tenant(session),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id)
    ).all()


def withdraw_invitation(session: AnySession, invitation_id: UUID) -> Invitation:
    """Let an open invitation work no more; raises NotFound when the municipality has no such open one."""
    invitation = session.scalar(
        select(Invitation).where(
            Invitation.tenant_id == current_tenant(session),
            Invitation.id == invitation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    )
    if invitation is None:
        raise NotFound
    invitation.revoked_at = now()
    session.flush()
    record_audit(session, "invitation.withdrawn", subject_type="invitation", subject_id=invitation.id)
    return invitation


def _municipality(session: AnySession) -> Municipality:
    tenant_id = current_tenant(session)
    found = session.get(Municipality, tenant_id) if tenant_id else None
    if found is None:
        raise LumbungError
    return found


def _find_agency(session: AnySession, agency_id: UUID | None) -> Agency | None:
    if agency_id is None:
        return None
    return session.scalar(
        select(Agency).where(
            Agency.tenant_id == current_tenant(session), Agency.id == agency_id, Agency.closed_at.is_(None)
        )
    )


def _problems(
    *, address: str | None, name: str, position: str, agency_id: UUID | None, agency: Agency | None, head: bool
) -> dict[str, list[str]]:
    problems: dict[str, Text] = {}
    if address is None:
        problems["email"] = Text("Tulis alamat e-mail yang lengkap.", "Write a complete e-mail address.")
    if not name or len(name) > LONGEST:
        problems["name"] = Text("Tulis nama orangnya.", "Write the person's name.")
    if len(position) > LONGEST:
        problems["position"] = Text(f"Paling banyak {LONGEST} huruf.", f"At most {LONGEST} characters.")
    if agency_id is not None and agency is None:
        problems["agency_id"] = Text("Pilih perangkat daerah yang ada.", "Choose an agency that exists.")
    if head and agency_id is None:
        problems["agency_id"] = Text("Kepala dari perangkat daerah mana?", "Head of which agency?")
    return {field: [str(text)] for field, text in problems.items()}


def _withdraw_open(session: AnySession, tenant_id: UUID, address: str) -> None:
    session.execute(
        update(Invitation)
        .where(
            Invitation.tenant_id == tenant_id,
            Invitation.email == address,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )


def _mail(
    session: AnySession,
    municipality: Municipality,
    invitation: Invitation,
    *,
    link: str,
    inviter: str,
    agency: Agency | None,
) -> None:
    mail = render_email(
        "people/mail/invitation",
        municipality=municipality.name,
        name=invitation.name,
        inviter=inviter,
        position=invitation.position,
        agency=agency.name if agency else "",
        roles=role_names(session, invitation.roles),
        expires_at=invitation.expires_at,
        timezone=municipality.timezone,
        link=link,
    )
    send_email(
        session,
        to=invitation.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        subject_ref=("invitation", invitation.id),
        secret=True,
    )
