"""What a region's page says beside the apps that it runs: what it gives to others, and what it asks for."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.publishers.agencies import is_of_municipality
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest, RequestDecision
from app_catalog.requests.wording import STATES, STILL_WANTED, TONES
from app_catalog.wishes.reading import STATES as WISH_STATES
from app_catalog.wishes.reading import TONES as WISH_TONES
from app_catalog.wishes.reading import list_wishes_of
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.sections import RegionSection

MOST = 12


def given_apps(session: AnySession, municipality: Municipality) -> RegionSection | None:
    """The packages and listings of the municipality and its agencies; None when the catalog shows none."""
    apps = session.scalars(
        select(App)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(
            is_of_municipality(municipality.id),
            Publisher.status == "approved",
            App.hidden_at.is_(None),
            App.latest_release_id.is_not(None) | (App.kind != "package"),
        )
        .order_by((App.kind != "package"), App.slug)
        .limit(MOST + 1)
    ).all()
    if not apps:
        return None
    return RegionSection(
        title=Text("Yang diberikan kepada daerah lain", "What it gives to others"),
        template="region_pages/gives.html",
        values={"apps": apps[:MOST], "more": len(apps) > MOST},
        order=20,
    )


def asked_things(session: AnySession, municipality: Municipality) -> RegionSection | None:
    """The wishes and the open requests of the municipality; None without any."""
    requests = session.execute(
        select(AppRequest, App, RequestDecision)
        .join(App, App.id == AppRequest.app_id)
        .outerjoin(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .where(
            AppRequest.tenant_id == municipality.id,
            App.hidden_at.is_(None),
            App.latest_release_id.is_not(None),
            RequestDecision.state.is_(None) | RequestDecision.state.in_(STILL_WANTED),
        )
        .order_by(AppRequest.created_at.desc())
        .limit(MOST)
    ).all()
    wishes = list_wishes_of(session, municipality.id)
    if not requests and not wishes:
        return None
    return RegionSection(
        title=Text("Yang diminta dan diinginkan", "What it asks and wishes for"),
        template="region_pages/asks.html",
        values={
            "requests": [(request, app, decision.state if decision else "open") for request, app, decision in requests],
            "wishes": wishes,
            "states": STATES,
            "tones": TONES,
            "wish_states": WISH_STATES,
            "wish_tones": WISH_TONES,
        },
        order=30,
    )
