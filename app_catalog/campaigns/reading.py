"""What the people behind a campaign read: its answers, those about their own apps alone unless it is their campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.campaigns.services import asks_about, find_campaign
from app_catalog.evaluations.criteria import Criterion
from app_catalog.evaluations.evidence import get_evidence, list_evidence
from app_catalog.evaluations.rubric import rubric_from
from app_catalog.evaluations.services import access_evaluation
from app_catalog.releases.models import App
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.files import StoredFile
from lumbung.web.access import Visitor

MOST_ANSWERS = 2_000


@dataclass(frozen=True, slots=True)
class Sight:
    """A campaign as somebody sees it: `own` who opened it (and every curator) sees all and may end it, others only what
    is about `apps`, their own."""

    campaign: Campaign
    own: bool
    apps: Sequence[App]


@dataclass(frozen=True, slots=True)
class Summary:
    """All answers that one sees, and their means: of the totals, and by criterion."""

    answers: Sequence[CampaignAnswer]
    total: float | None
    criteria: list[tuple[Criterion, float | None]]


def access_campaign(session: AnySession, visitor: Visitor, campaign_id: UUID) -> Sight:
    """A campaign that the visitor opened or curates, or that asks about an own app; raises NotFound."""
    campaign = find_campaign(session, campaign_id)
    if campaign is None:
        raise NotFound
    if visitor.is_curator or visitor.is_operator or campaign.publisher_id in visitor.publishers:
        return Sight(campaign, True, ())
    apps = session.scalars(select(App).where(App.publisher_id.in_(visitor.publishers)).order_by(App.slug)).all()
    concerned = [app for app in apps if asks_about(campaign, app)]
    if not concerned:
        raise NotFound
    return Sight(campaign, False, concerned)


def summarise(session: AnySession, sight: Sight) -> Summary:
    """What one sees of a campaign's answers, by municipality."""
    query = select(CampaignAnswer).where(CampaignAnswer.campaign_id == sight.campaign.id)
    if not sight.own:
        query = query.where(CampaignAnswer.app_id.in_([app.id for app in sight.apps]))
    order = (CampaignAnswer.municipality_name, CampaignAnswer.app_id)
    answers = session.scalars(query.order_by(*order).limit(MOST_ANSWERS)).all()
    return Summary(
        answers,
        _mean([answer.mean_score for answer in answers]),
        [
            (one, _mean([answer.scores[one.id]["score"] for answer in answers]))
            for one in rubric_from(sight.campaign.rubric).criteria
        ],
    )


def names_of_apps(session: AnySession, answers: Sequence[CampaignAnswer]) -> dict[UUID, App]:
    """The apps that answers are about, by id."""
    ids = {answer.app_id for answer in answers}
    return {app.id: app for app in session.scalars(select(App).where(App.id.in_(ids)))}


def access_answer(session: AnySession, sight: Sight, evaluation_id: UUID) -> CampaignAnswer:
    """One answer that the visitor sees; raises NotFound."""
    found = session.scalar(
        select(CampaignAnswer).where(
            CampaignAnswer.campaign_id == sight.campaign.id, CampaignAnswer.id == evaluation_id
        )
    )
    if found is None or not (sight.own or found.app_id in {app.id for app in sight.apps}):
        raise NotFound
    return found


def evidence_of(session: AnySession, answer: CampaignAnswer) -> dict[str, list[StoredFile]]:
    """The evidence of an answer by criterion."""
    with as_tenant(session, answer.tenant_id):
        return list_evidence(session, access_evaluation(session, answer.id))


def file_of(session: AnySession, answer: CampaignAnswer, file_id: UUID) -> StoredFile:
    """A file of evidence of an answer; raises NotFound."""
    with as_tenant(session, answer.tenant_id):
        return get_evidence(session, access_evaluation(session, answer.id), file_id)


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None
