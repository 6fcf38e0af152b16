"""A campaign about SIARAN, and municipalities that answer it, by the real services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.campaigns.models import Campaign
from app_catalog.campaigns.services import Days, Scope, open_campaign
from app_catalog.campaigns.tending import tend_campaign
from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.evaluations.rubric import Rubric, rubric_from
from app_catalog.evaluations.seeded import seeded_rubric
from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.db import as_tenant, now, set_clock
from lumbung.i18n import Text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality
from tests.siaran import enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
ENABLED = datetime(2026, 8, 1, 3, tzinfo=UTC)
TODAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAYS = Days(date(2026, 11, 2), date(2026, 11, 30), date(2026, 1, 1), date(2026, 6, 30))
COMPLAINTS = seeded_rubric("complaints")


def run_siaran(session: Sessions, world: World, *places: Place) -> list[Installation]:
    """SIARAN, enabled long before the campaign."""
    with set_clock(ENABLED):
        return [enable_siaran(session, world, place) for place in places]


def ask_about_siaran(session: Sessions, world: World, *, days: Days = DAYS, rubric: Rubric = COMPLAINTS) -> Campaign:
    """A campaign of Tangsel, which publishes SIARAN; committed."""
    publisher = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    app = session.scalars(select(App).where(App.slug == "siaran")).one()
    admin = world.tangsel.accounts["admin"]
    visitor = Visitor(account_id=admin.id, name=admin.name, publishers=frozenset({publisher.id}))
    with set_clock(TODAY):
        campaign = open_campaign(
            session,
            visitor,
            Scope(publisher=publisher, app=app),
            title=Text("Evaluasi SIARAN 2026", "Evaluation of SIARAN 2026"),
            rubric=rubric,
            days=days,
        )
        tend_campaign(session, campaign)
        session.commit()
    return campaign


def answers(rubric: Rubric, **more: str | None) -> dict[str, Any]:
    """What an evaluator fills in."""
    filled: dict[str, Any] = {"summary": "Layak dipakai semua daerah.", "step": "submit"}
    for one in rubric.criteria:
        filled[f"{one.id}_score"], filled[f"{one.id}_reason"] = "4", "Petugas memakainya tanpa dibantu."
    return {**filled, **more}


def scores_of(rubric: Rubric | None = None, score: int = 4) -> dict[str, Any]:
    """Scores as they are kept."""
    criteria = rubric.criteria if rubric else CRITERIA
    return {one.id: {"score": score, "reason": "Petugas memakainya."} for one in criteria}


def publish_elsewhere(
    session: Sessions,
    app_id: UUID,
    region_code: str,
    *,
    score: int,
    year: int = 2026,
    facts: Mapping[str, Any] | None = None,
    status: str = "active",
) -> UUID:
    """A published evaluation of another municipality, which is made when it is not there; committed."""
    place = session.scalar(select(Municipality).where(Municipality.region_code == region_code))
    if place is None:
        place = Municipality(
            region_code=region_code,
            slug=f"daerah-{region_code.replace('.', '-')}",
            name=f"Daerah {region_code}",
            timezone="Asia/Jakarta",
            status=status,
        )
        session.add(place)
        session.flush()
    with as_tenant(session, place.id):
        scores = scores_of(score=score)
        made = SubmittedEvaluation(
            tenant_id=place.id,
            app_id=app_id,
            version="0.9.0",
            municipality_name=place.name,
            author="Evaluator",
            period_start=date(year, 1, 1),
            period_end=date(year, 6, 30),
            scores=scores,
            mean_score=float(score),
            summary="Cukup baik.",
            should_change="",
            facts=dict(facts) if facts else None,
            digest="sha256:x",
            submitted_at=now() - timedelta(days=1),
        )
        session.add(made)
        session.commit()
        return made.id


def total_of(campaign: Campaign) -> int:
    """The weights of a campaign's rubric together."""
    return sum(one.weight for one in rubric_from(campaign.rubric).criteria)
