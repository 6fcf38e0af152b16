"""A campaign is announced on its first day, reminds once, and is closed after its last day: each exactly once.

What was done is noted on the campaign in the same transaction, under a lock. Municipalities look for themselves whether
it concerns them: what they run is known inside their wall only.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from app_catalog.campaigns.days import ends_at, is_open, opens_at, present_day, reminds_at
from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.campaigns.services import list_unanswered
from app_catalog.campaigns.telling import tell_asked, tell_opener
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict
from lumbung.outbox import GiveUp, Payload, effect_handler, enqueue_effect, periodic
from tenants.municipalities.everywhere import enqueue_everywhere

SPREAD: Final = "spread_campaign"
TELL: Final = "tell_campaign"
OPENED: Final = "opened"
REMINDED: Final = "reminded"


@periodic(600, name="tend-campaigns", per_tenant=False)
def tend_campaigns(session: AnySession) -> None:
    """Do for every campaign what its day asks for."""
    due = (
        select(Campaign)
        .where(Campaign.closed_at.is_(None), Campaign.opens_on <= present_day())
        .order_by(Campaign.id)
        .with_for_update(skip_locked=True)
    )
    for campaign in session.scalars(due.execution_options(populate_existing=True)).all():
        tend_campaign(session, campaign)


def tend_campaign(session: AnySession, campaign: Campaign) -> None:
    """Announce, remind or close the campaign, when its time has come and that was not done."""
    moment = now()
    if moment >= ends_at(campaign):
        _close(session, campaign)
    elif moment >= opens_at(campaign) and campaign.announced_at is None:
        campaign.announced_at = moment
        _spread(session, campaign, OPENED)
    elif moment >= reminds_at(campaign) and campaign.reminded_at is None:
        campaign.reminded_at = moment
        _spread(session, campaign, REMINDED)
    session.flush()


def close_campaign(session: AnySession, campaign: Campaign) -> None:
    """End a campaign before its last day. Raises Conflict when it has ended."""
    locked = session.scalars(
        select(Campaign).where(Campaign.id == campaign.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if locked.closed_at is not None:
        raise Conflict
    _close(session, locked)
    session.flush()


@effect_handler(SPREAD)
def spread_campaign(session: AnySession, payload: Payload) -> None:
    """Have each municipality look whether the campaign concerns it."""
    enqueue_everywhere(session, TELL, payload, key=f"campaign:{payload['campaign_id']}:{payload['what']}")


@effect_handler(TELL)
def tell_campaign(session: AnySession, payload: Payload) -> None:
    """Tell the municipality's evaluators what the campaign still asks of it; nobody when there is nothing.

    On the first day what it asks is counted, without saying whose it is.
    """
    campaign = session.get(Campaign, UUID(payload["campaign_id"]))
    if campaign is None:
        raise GiveUp("the campaign is gone")
    if not is_open(campaign):
        return
    waiting = list_unanswered(session, campaign)
    if waiting and payload["what"] == OPENED:
        more = update(Campaign).where(Campaign.id == campaign.id).values(asked=Campaign.asked + len(waiting))
        session.execute(more.execution_options(synchronize_session=False))
    if waiting:
        tell_asked(session, campaign, waiting, again=payload["what"] == REMINDED)


def _spread(session: AnySession, campaign: Campaign, what: str) -> None:
    payload = {"campaign_id": str(campaign.id), "what": what}
    enqueue_effect(session, SPREAD, payload, dedupe_key=f"campaign:{campaign.id}:{what}")


def _close(session: AnySession, campaign: Campaign) -> None:
    campaign.closed_at = now()
    answers = session.scalar(select(func.count()).where(CampaignAnswer.campaign_id == campaign.id)) or 0
    record_audit(
        session, "campaign.closed", subject_type="campaign", subject_id=campaign.id, after={"answers": answers}
    )
    tell_opener(session, campaign, answers=answers)
