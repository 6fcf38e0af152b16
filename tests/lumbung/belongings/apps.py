"""Rows about apps: what a municipality asked, wished, judged or was helped with, each as short as it may be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting
from app_catalog.campaigns.models import Campaign
from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest
from app_catalog.reviews.models import Review
from app_catalog.wishes.models import Wish
from lumbung.db import now
from tests.world import Place

Sessions = scoped_session[Session]
Ids = dict[str, UUID]
"""Ids by the names that routes give their arguments."""


def campaign_about(session: Sessions, place: Place, app_id: UUID) -> Campaign:
    """A campaign of the publisher of an app about it."""
    today = now().date()
    campaign = Campaign(
        title={"id": "Evaluasi tahun ini", "en": "This year"},
        publisher_id=session.get_one(App, app_id).publisher_id,
        app_id=app_id,
        rubric={},
        period_start=date(2026, 1, 1),
        period_end=date(2026, 6, 30),
        opens_on=today - timedelta(days=2),
        closes_on=today + timedelta(days=20),
        opener="Penerbit",
        account_id=place.accounts["admin"].id,
    )
    session.add(campaign)
    session.commit()
    return campaign


def wish_of(place: Place) -> Wish:
    return Wish(
        tenant_id=place.id,
        title="Antrean dari rumah",
        problem="Warga datang subuh untuk mengambil nomor.",
        serves="Pasien",
        category="health",
        author="Evaluator",
        municipality_name=place.municipality.name,
        updated_at=now(),
    )


def request_of(place: Place, app_id: UUID) -> AppRequest:
    return AppRequest(
        tenant_id=place.id,
        app_id=app_id,
        kind="idea",
        title="Peta tanpa jaringan",
        version="0.9.0",
        author="Evaluator",
        municipality_name=place.municipality.name,
        updated_at=now(),
    )


def help_for(session: Sessions, place: Place, installation: Any) -> Ids:
    """A case of help with a meeting; nobody is asked."""
    case = AssistanceCase(
        tenant_id=place.id,
        installation_id=installation.id,
        app_id=installation.app_id,
        topic="starting",
        form="online",
        suitable="",
        words="Mohon bantuan memulai.",
        author="Admin",
        contact_id=place.accounts["admin"].id,
        contact_name="Admin",
        contact_email=place.accounts["admin"].email,
        state="under_way",
        updated_at=now(),
    )
    session.add(case)
    session.flush()
    meeting = AssistanceMeeting(
        tenant_id=place.id,
        case_id=case.id,
        state="agreed",
        title="Sesi pertama",
        proposed_by="asker",
        options=[],
        minutes=60,
        form="online",
        place="https://rapat.example.org",
        starts_at=now(),
        updated_at=now(),
    )
    session.add(meeting)
    return {"case_id": case.id, "meeting_id": meeting.id}


def review_of(place: Place, app_id: UUID) -> Review:
    return Review(
        tenant_id=place.id,
        app_id=app_id,
        version="1.0.0",
        stars=4,
        words="Cukup baik untuk kami.",
        author="Evaluator",
        municipality_name=place.municipality.name,
        updated_at=now(),
    )


def other_app(session: Sessions, app_id: UUID) -> App:
    """Another app of the same publisher."""
    found = session.scalar(select(App).where(App.slug == "lain"))
    if found is None:
        known = session.get_one(App, app_id)
        found = App(
            slug="lain",
            publisher_id=known.publisher_id,
            category=known.category,
            audience=known.audience,
            name={"id": "Lain"},
            summary={},
            description={},
        )
        session.add(found)
        session.flush()
    return found
