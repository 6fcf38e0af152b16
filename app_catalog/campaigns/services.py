"""Opening campaigns, and who is asked by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app_catalog.campaigns.days import LONG_ENOUGH, is_open, opens_at, present_day
from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.rubric import Rubric
from app_catalog.evaluations.services import EARLIEST, too_early
from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.web.access import Visitor

SHORTEST_TITLE, LONGEST_TITLE = 8, 120
SHORTEST_DAYS, LONGEST_DAYS = 3, 180
LONGEST_PERIOD = 731
SOONEST_BEFORE = 365


@dataclass(frozen=True, slots=True)
class Scope:
    """What a campaign is about: an app, a category, or (neither) all apps; `publisher` when it is a publisher's."""

    publisher: Publisher | None = None
    app: App | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """`opens_on` to `closes_on` to answer in, about the days from `first` to `last`; all included."""

    opens_on: date
    closes_on: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Asked:
    """An app of the session's municipality that a campaign asks about, and what was written so far."""

    campaign: Campaign
    installation: Installation
    evaluation: Evaluation | None


def open_campaign(
    session: AnySession, visitor: Visitor, scope: Scope, *, title: Text, rubric: Rubric, days: Days
) -> Campaign:
    """A campaign that freezes `rubric`; `tending` announces it on its first day.

    Raises Invalid for a title or days that do not fit.
    """
    errors = _title_errors(title) | _day_errors(days)
    if errors:
        raise Invalid(fields=errors)
    assert visitor.account_id is not None
    campaign = Campaign(
        title={"id": title.id, "en": title.en},
        publisher_id=scope.publisher.id if scope.publisher else None,
        app_id=scope.app.id if scope.app else None,
        category=scope.category,
        rubric=rubric.as_json(),
        period_start=days.first,
        period_end=days.last,
        opens_on=days.opens_on,
        closes_on=days.closes_on,
        opener=scope.publisher.name if scope.publisher else visitor.name,
        account_id=visitor.account_id,
    )
    session.add(campaign)
    session.flush()
    record_audit(session, "campaign.opened", subject_type="campaign", subject_id=campaign.id)
    return campaign


def list_campaigns(session: AnySession, *, publisher: Publisher | None) -> Sequence[Campaign]:
    """A publisher's campaigns and the curators' about its apps, or (without a publisher) all; the newest first."""
    query = select(Campaign).order_by(Campaign.opens_on.desc(), Campaign.id.desc()).limit(100)
    if publisher is None:
        return session.scalars(query).all()
    apps = session.scalars(select(App).where(App.publisher_id == publisher.id)).all()
    about = (
        (Campaign.publisher_id == publisher.id)
        | Campaign.app_id.in_([app.id for app in apps])
        | Campaign.category.in_({app.category for app in apps})
    )
    if apps:
        about = about | (Campaign.app_id.is_(None) & Campaign.category.is_(None))
    return session.scalars(query.where(about)).all()


def find_campaign(session: AnySession, campaign_id: UUID | None) -> Campaign | None:
    """A campaign, or None: also when it stands in another catalog, which a municipality has left."""
    return session.get(Campaign, campaign_id) if campaign_id else None


def list_asked(session: AnySession) -> list[Asked]:
    """What open campaigns ask the session's municipality, those that end first before the others."""
    today = present_day()
    campaigns = session.scalars(
        select(Campaign)
        .where(Campaign.closed_at.is_(None), Campaign.opens_on <= today, Campaign.closes_on >= today)
        .order_by(Campaign.closes_on, Campaign.id)
    ).all()
    if not campaigns:
        return []
    running = _running(session)
    written = _written(session, [campaign.id for campaign in campaigns])
    return [
        Asked(campaign, installation, written.get((campaign.id, installation.id)))
        for campaign in campaigns
        for installation, app in running
        if concerns(campaign, app, installation.enabled_at)
    ]


def list_unanswered(session: AnySession, campaign: Campaign) -> list[Installation]:
    """The installations of the session's municipality about which the campaign has no answer yet."""
    written = _written(session, [campaign.id])
    answered = {key for key, evaluation in written.items() if evaluation.status == "submitted"}
    return [
        installation
        for installation, app in _running(session)
        if concerns(campaign, app, installation.enabled_at) and (campaign.id, installation.id) not in answered
    ]


def access_asked(session: AnySession, campaign_id: UUID, slug: str) -> Asked:
    """What an open campaign asks about the app at `/<slug>`; raises NotFound when it asks nothing about that."""
    campaign = find_campaign(session, campaign_id)
    if campaign is None or not is_open(campaign):
        raise NotFound
    for installation, app in _running(session):
        if installation.slug == slug and concerns(campaign, app, installation.enabled_at):
            written = _written(session, [campaign.id])
            return Asked(campaign, installation, written.get((campaign.id, installation.id)))
    raise NotFound


def concerns(campaign: Campaign, app: App, enabled_at: datetime) -> bool:
    """Whether a campaign asks about an app that a municipality has run since then."""
    return enabled_at <= opens_at(campaign) - LONG_ENOUGH and asks_about(campaign, app)


def asks_about(campaign: Campaign, app: App) -> bool:
    """Whether an app is within what the campaign is about."""
    if campaign.app_id is not None:
        return campaign.app_id == app.id
    return campaign.category is None or campaign.category == app.category


def count_answers(session: AnySession, campaigns: Sequence[Campaign]) -> dict[UUID, int]:
    """How many answers each campaign has; those that have none are left out."""
    rows = session.execute(
        select(CampaignAnswer.campaign_id, func.count())
        .where(CampaignAnswer.campaign_id.in_([campaign.id for campaign in campaigns]))
        .group_by(CampaignAnswer.campaign_id)
    )
    return dict(rows.all())


def _running(session: AnySession) -> list[tuple[Installation, App]]:
    rows = session.execute(
        select(Installation, App)
        .join(App, App.id == Installation.app_id)
        .where(Installation.tenant_id == current_tenant(session), Installation.status == "enabled")
        .order_by(Installation.slug)
    )
    return [(installation, app) for installation, app in rows]


def _written(session: AnySession, campaigns: list[UUID]) -> dict[tuple[UUID | None, UUID], Evaluation]:
    found = session.scalars(
        select(Evaluation).where(Evaluation.tenant_id == current_tenant(session), Evaluation.campaign_id.in_(campaigns))
    )
    return {(one.campaign_id, one.installation_id): one for one in found}


def _title_errors(title: Text) -> dict[str, list[str]]:
    message = t(
        "Tulis {low} sampai {high} huruf.", "Write {low} to {high} characters.", low=SHORTEST_TITLE, high=LONGEST_TITLE
    )
    written = {"title_id": title.id, "title_en": title.en}
    return {name: [message] for name, words in written.items() if not SHORTEST_TITLE <= len(words) <= LONGEST_TITLE}


def _day_errors(days: Days) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    today = present_day()
    if not today <= days.opens_on <= today + timedelta(days=SOONEST_BEFORE):
        errors["opens_on"] = [t("Pilih hari ini atau sesudahnya.", "Choose today or a later day.")]
    length = (days.closes_on - days.opens_on).days + 1
    if not SHORTEST_DAYS <= length <= LONGEST_DAYS:
        errors["closes_on"] = [
            t(
                "Beri daerah {low} sampai {high} hari untuk menjawab.",
                "Give municipalities {low} to {high} days to answer.",
                low=SHORTEST_DAYS,
                high=LONGEST_DAYS,
            )
        ]
    if not 0 <= (days.last - days.first).days < LONGEST_PERIOD:
        errors["first"] = [
            t("Periode yang dinilai paling lama dua tahun.", "The period that is judged lasts two years at most.")
        ]
    if days.first < EARLIEST:
        errors["first"] = [too_early()]
    if days.last >= days.opens_on:
        errors["last"] = [
            t("Periode yang dinilai harus sudah berakhir.", "The period that is judged must be over by then.")
        ]
    return errors
