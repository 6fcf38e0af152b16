"""Accepting an invitation: the hub looks into one municipality, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from lumbung.audit import record_audit
from lumbung.db import as_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from tenants.accounts.errors import AddressTaken
from tenants.accounts.models import Account
from tenants.accounts.services import create_account, find_account, index_membership
from tenants.accounts.tokens import digest_of
from tenants.agencies.models import Agency, AgencyHead
from tenants.municipalities.models import Municipality
from tenants.people.errors import AccountExists, InvitationGone
from tenants.people.models import Invitation, Membership, RoleGrant
from tenants.people.roles import OFFICIAL, split_role


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What an invitation offers, for the page that asks whether to accept."""

    municipality_id: UUID
    slug: str
    municipality: str
    timezone: str
    demo: bool
    email: str
    name: str
    position: str
    agency: str | None
    head: bool
    roles: tuple[str, ...]
    inviter: str | None
    expires_at: datetime
    has_account: bool

    @property
    def leads_to(self) -> str:
        """The portal's page for a person with these roles."""
        return "/manage" if "tenant_admin" in self.roles else "/work"


def get_offer(session: AnySession, slug: str, token: str) -> Offer:
    """What the open invitation says; raises InvitationGone when it is none of this municipality's open ones."""
    municipality = _municipality(session, slug)
    with as_tenant(session, municipality.id):
        row = session.execute(
            select(Invitation, Agency.name)
            .outerjoin(Agency, (Agency.tenant_id == Invitation.tenant_id) & (Agency.id == Invitation.agency_id))
            .where(
                Invitation.tenant_id == municipality.id,
                Invitation.token_digest == digest_of(token),
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.expires_at > now(),
            )
        ).first()
        if row is None:
            raise InvitationGone
        invitation, agency = row
        inviter = _inviter(session, municipality.id, invitation.invited_by)
    return Offer(
        municipality_id=municipality.id,
        slug=municipality.slug,
        municipality=municipality.name,
        timezone=municipality.timezone,
        demo=municipality.demo,
        email=invitation.email,
        name=invitation.name,
        position=invitation.position,
        agency=agency,
        head=invitation.head,
        roles=tuple(invitation.roles),
        inviter=inviter,
        expires_at=invitation.expires_at,
        has_account=find_account(session, invitation.email) is not None,
    )


def accept_invitation(session: AnySession, slug: str, token: str, account: Account) -> Membership:
    """Make the account a member with the invited roles; exactly one request can.

    A membership that had ended begins again without its former roles; one that runs gains the roles. Raises
    InvitationGone when the invitation does not work (any more).
    """
    municipality = _municipality(session, slug)
    with as_tenant(session, municipality.id):
        invitation = _take(session, municipality.id, token)
        member = _member(session, invitation, account)
        _grant(session, member, invitation)
        if invitation.head and invitation.agency_id is not None:
            _make_head(session, member, invitation.agency_id)
        record_audit(
            session,
            "invitation.accepted",
            subject_type="membership",
            subject_id=member.id,
            after={"roles": invitation.roles, "invitation": str(invitation.id)},
        )
    index_membership(session, account.id, municipality.id)
    return member


def join_with_new_account(
    session: AnySession, slug: str, token: str, *, name: str, password: str, language: str
) -> Account:
    """Make an account for the invited address and accept with it.

    Raises InvitationGone, Invalid with `fields`, and AccountExists when the address has an account already.
    """
    offer = get_offer(session, slug, token)
    try:
        account = create_account(session, email=offer.email, name=name, password=password, language=language)
    except AddressTaken as error:
        raise AccountExists from error
    accept_invitation(session, slug, token, account)
    return account


def _municipality(session: AnySession, slug: str) -> Municipality:
    if "\0" in slug:  # PostgreSQL knows no such text.
        raise InvitationGone
    found = session.scalar(select(Municipality).where(Municipality.slug == slug, Municipality.status != "suspended"))
    if found is None:
        raise InvitationGone
    return found


def _inviter(session: AnySession, tenant_id: UUID, account_id: UUID | None) -> str | None:
    if account_id is None:
        return None
    member = session.scalar(
        select(Membership.name).where(Membership.tenant_id == tenant_id, Membership.account_id == account_id)
    )
    return member or session.scalar(select(Account.name).where(Account.id == account_id))


def _take(session: AnySession, tenant_id: UUID, token: str) -> Invitation:
    taken = session.scalar(
        update(Invitation)
        .where(
            Invitation.tenant_id == tenant_id,
            Invitation.token_digest == digest_of(token),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .values(accepted_at=now())
        .returning(Invitation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if taken is None:
        raise InvitationGone
    return taken


def _member(session: AnySession, invitation: Invitation, account: Account) -> Membership:
    member = session.scalar(
        select(Membership).where(Membership.tenant_id == invitation.tenant_id, Membership.account_id == account.id)
    )
    if member is None:
        member = Membership(
            id=new_id(),
            tenant_id=invitation.tenant_id,
            account_id=account.id,
            name=account.name,
            position=invitation.position,
            agency_id=invitation.agency_id,
        )
        session.add(member)
    elif member.ended_at is not None:
        session.execute(
            delete(RoleGrant).where(RoleGrant.tenant_id == member.tenant_id, RoleGrant.membership_id == member.id)
        )
        member.ended_at, member.position = None, invitation.position
        member.agency_id = invitation.agency_id
    else:
        member.position = invitation.position or member.position
        member.agency_id = invitation.agency_id or member.agency_id
    session.flush()
    return member


def _grant(session: AnySession, member: Membership, invitation: Invitation) -> None:
    for role in dict.fromkeys((OFFICIAL, *invitation.roles)):
        app_id, name = split_role(role)
        session.execute(
            insert(RoleGrant)
            .values(
                tenant_id=member.tenant_id,
                id=new_id(),
                membership_id=member.id,
                app_id=app_id,
                role=name,
                created_at=now(),
            )
            .on_conflict_do_nothing()
        )


def _make_head(session: AnySession, member: Membership, agency_id: UUID) -> None:
    statement = insert(AgencyHead).values(
        tenant_id=member.tenant_id,
        id=new_id(),
        agency_id=agency_id,
        membership_id=member.id,
        created_at=now(),
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "agency_id"], set_={"membership_id": statement.excluded.membership_id}
        )
    )
