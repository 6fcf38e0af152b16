"""The use of what somebody sponsors, in the months for which they paid."""

from __future__ import annotations

from datetime import date, timedelta

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.money.models import Cadence
from tenants.sponsorships.standing import day_of
from tenants.sponsorships.targets import Target
from tenants.sponsorships.use import Use, read_use

YEAR = timedelta(days=364)
"""What is paid once is held against the use of the year that begins with it."""


def used_by(
    session: AnySession,
    target: Target,
    *,
    cadence: str,
    since: date,
    paid_until: date | None,
    within: tuple[date, date] | None = None,
) -> Use | None:
    """The use of a target from the first payment to the end of what is paid, not after today and only within these two
    days when given; None when nothing is published of it."""
    end = since + YEAR if cadence == Cadence.ONCE else paid_until or since
    begin, end = since, max(since, min(end, day_of(now())))
    if within is not None:
        begin, end = max(begin, within[0]), min(end, within[1])
    if end < begin:
        return None
    return read_use(session, kind=target.kind, target_id=target.id, since=begin, until=end)
