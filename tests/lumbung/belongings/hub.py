"""One of everything that has an id and belongs to a person or a publisher of the hub."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app_catalog.publishers.models import Publisher, PublisherInvitation, PublisherMember, PublishToken, SigningKey
from app_catalog.transfers.models import AppTransfer
from lumbung.db import as_tenant, now
from lumbung.ids import new_id
from tenants.accounts.models import AccountSession
from tenants.accounts.sessions import open_session
from tenants.municipalities.models import Claim
from tenants.plans.models import ProgrammeMember
from tests.lumbung.belongings.apps import Ids, Sessions, other_app, request_of, review_of
from tests.sponsoring import sponsor
from tests.tenants.plans.programme_world import paid_programme
from tests.world import Place, World


def belongings_on_hub(
    session: Sessions, world: World, place: Place, publisher: Publisher, mine: Publisher, app_id: UUID
) -> Ids:
    """What a person and a publisher have on the hub."""
    account = place.accounts["handler"]
    member = PublisherMember(publisher_id=publisher.id, account_id=account.id, role="maintainer")
    key = SigningKey(publisher_id=publisher.id, name="Kunci", public_key=str(new_id()))
    token = PublishToken(
        publisher_id=publisher.id,
        account_id=account.id,
        name="Token",
        token_digest=str(new_id()),
        expires_at=now() + timedelta(days=30),
    )
    invitation = PublisherInvitation(
        publisher_id=publisher.id,
        email="baru@lumbung.test",
        role="maintainer",
        token_digest=str(new_id()),
        expires_at=now() + timedelta(days=3),
    )
    claim = Claim(
        region_code="32.73",
        account_id=account.id,
        office="Diskominfo",
        position="Kepala bidang",
        evidence="Surat tugas",
        terms_version="1",
    )
    transfer = AppTransfer(
        app_id=app_id, from_publisher_id=mine.id, to_publisher_id=publisher.id, message="Kalian yang merawatnya"
    )
    session.add_all([member, key, token, invitation, claim, transfer])
    session.flush()
    programme = paid_programme(session, account)
    joined = ProgrammeMember(programme_id=programme.id, municipality_id=world.tangsel.id, added_at=now())
    session.add(joined)
    session.flush()
    open_session(session, account, "hub")
    opened = session.scalars(select(AccountSession.id).where(AccountSession.account_id == account.id)).one()
    with as_tenant(session, world.tangsel.id):
        review = review_of(world.tangsel, app_id)
        other = other_app(session, app_id).id
        other_review = review_of(world.tangsel, other)
        elsewhere = request_of(world.tangsel, other)
        session.add_all([review, other_review, elsewhere])
        session.commit()
    sponsorship = sponsor(session, account, "platform").sponsorship
    session.commit()
    return {
        "sponsorship_id": sponsorship.id,
        "member_id": member.id,
        "key_id": key.id,
        "token_id": token.id,
        "invitation_id": invitation.id,
        "transfer_id": transfer.id,
        "claim_id": claim.id,
        "programme_id": programme.id,
        "joined_id": joined.id,
        "session_id": opened,
        "subject_id": review.id,
        # Of another app than the one whose pages are asked.
        "request_id": elsewhere.id,
        "review_id": other_review.id,
    }
