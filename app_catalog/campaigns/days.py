"""When a campaign is open. Its days are those of western Indonesia, where each day ends last: no municipality has less
than the whole last day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app_catalog.campaigns.models import Campaign
from lumbung.db import now

ZONE: Final = ZoneInfo("Asia/Jakarta")
REMINDED_BEFORE: Final = timedelta(days=7)
LONG_ENOUGH: Final = timedelta(days=30)
"""So long an app must have run when a campaign opens for its municipality to be asked."""


def present_day() -> date:
    """Today, as campaigns count days."""
    return now().astimezone(ZONE).date()


def opens_at(campaign: Campaign) -> datetime:
    """The moment from which municipalities may answer."""
    return datetime.combine(campaign.opens_on, time(), ZONE)


def ends_at(campaign: Campaign) -> datetime:
    """The moment from which nobody may answer any more."""
    return datetime.combine(campaign.closes_on + timedelta(days=1), time(), ZONE)


def reminds_at(campaign: Campaign) -> datetime:
    """When who has not answered is reminded: a week before the end, or half-way through a short campaign."""
    whole = ends_at(campaign) - opens_at(campaign)
    return ends_at(campaign) - min(REMINDED_BEFORE, whole / 2)


def is_open(campaign: Campaign) -> bool:
    """Whether municipalities may answer now."""
    return campaign.closed_at is None and opens_at(campaign) <= now() < ends_at(campaign)
