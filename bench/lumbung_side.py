"""Lumbung's side: municipalities, apps and records by its own services, each step timed; records come in bulk."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.publishers.keys import make_platform_key
from app_catalog.publishers.models import Publisher, PublisherMember
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from app_runtime.records.models import Record
from bench.complaints import complaints
from lumbung.db import as_tenant, db, now
from lumbung.ids import new_id
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.accounts.sessions import HUB, find_session, open_session
from tenants.agencies.models import Agency
from tenants.municipalities.claims import submit_claim
from tenants.municipalities.decisions import approve_claim
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant
from tenants.regions.reference import regencies
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("street-light", "congestion", "rubbish", "road", "flood", "emergency")
AGENT = "Lumbung-Bench"


@dataclass
class Steps:
    """Seconds that each municipality took to come to be, and each enabling."""

    activations: list[float] = field(default_factory=list)
    enablings: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Filled:
    """A municipality with records: how to reach it, and a number that exists."""

    slug: str
    rows: int
    number: str


def open_lumbung(settings: Settings) -> LumbungFlask:
    """The application in this process."""
    return create_app(settings)


def publish(app: LumbungFlask) -> tuple[UUID, UUID, UUID]:
    """An operator, and SIARAN in the catalog; ids of the account, the app and its release."""
    with app.app_context():
        account = Account(email="operator@bench.test", name="Operator", is_operator=True)
        publisher = Publisher(
            slug="bench", name="Bench", kind="vendor", contact_email="bench@bench.test", status="approved"
        )
        db.session.add_all([account, publisher])
        db.session.flush()
        db.session.add(PublisherMember(publisher_id=publisher.id, account_id=account.id, role="owner"))
        make_platform_key(db.session, publisher)
        release = publish_folder(db.session, publisher, ROOT / "apps" / "siaran")
        assert isinstance(release, Release), release
        db.session.commit()
        return account.id, release.app_id, release.id


def activate_and_enable(app: LumbungFlask, operator: UUID, app_id: UUID, release_id: UUID, count: int) -> Steps:
    """So many municipalities: claimed, approved, opened with an agency, SIARAN enabled, each in its transaction."""
    steps = Steps()
    for code in list(regencies())[:count]:
        with app.app_context():
            steps.activations.append(_timed(lambda code=code: _activate(code, operator)))  # type: ignore[misc]
            steps.enablings.append(_timed(lambda code=code: _enable(code, app_id, release_id)))  # type: ignore[misc]
            db.session.remove()
    return steps


def fill(app: LumbungFlask, code: str, rows: int) -> Filled:
    """Published records in the municipality of this region."""
    with app.app_context():
        place = _place(code)
        with as_tenant(db.session, place.id):
            installation = db.session.query(Installation).where(Installation.tenant_id == place.id).one()
            agency = db.session.query(Agency).where(Agency.tenant_id == place.id).one()
            batch: list[dict[str, Any]] = []
            for number, one in enumerate(complaints(rows), 1):
                batch.append(_row(installation, agency, number, one))
                if len(batch) == 2000:
                    db.session.execute(insert(Record), batch)
                    batch = []
            if batch:
                db.session.execute(insert(Record), batch)
            db.session.commit()
        return Filled(place.slug, rows, f"SR/2025/{rows:05d}")


def officials_cookie(app: LumbungFlask, code: str) -> str:
    """The cookie of a dispatcher of this municipality who has signed in."""
    with app.app_context():
        place = _place(code)
        account = db.session.query(Account).where(Account.is_operator).one()
        with as_tenant(db.session, place.id):
            member = db.session.query(Membership).where(Membership.tenant_id == place.id).one()
            db.session.add(RoleGrant(tenant_id=place.id, membership_id=member.id, app_id="siaran", role="dispatcher"))
            db.session.flush()
        token = open_session(db.session, account, HUB, AGENT)
        parent = find_session(db.session, token, HUB)
        assert parent is not None
        token = open_session(db.session, account, place.slug, AGENT, parent_id=parent.id)
        db.session.commit()
        signer: Any = app.session_interface
        return f"__Host-lumbung={signer.get_signing_serializer(app).dumps({'account': token, '_permanent': True})}"


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """First, median, last, worst and sum, in milliseconds."""
    return {
        "count": len(seconds),
        "first_ms": seconds[0] * 1000,
        "median_ms": statistics.median(seconds) * 1000,
        "last_ms": statistics.median(seconds[-5:]) * 1000,
        "worst_ms": max(seconds) * 1000,
        "sum_s": sum(seconds),
    }


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _activate(code: str, operator: UUID) -> None:
    claim = submit_claim(
        db.session,
        operator,
        code,
        office="Diskominfo",
        position="Kepala bidang",
        evidence="Surat tugas",
        accepted=True,
    )
    slug = "kota-" + code.replace(".", "-")
    municipality = approve_claim(db.session, claim.id, operator_id=operator, slug=slug)
    municipality.status, municipality.activated_at = "active", now()
    with as_tenant(db.session, municipality.id):
        db.session.add(Agency(tenant_id=municipality.id, key="dishub", name="Dinas Perhubungan", short_name="Dishub"))
    db.session.commit()


def _enable(code: str, app_id: UUID, release_id: UUID) -> None:
    app, release = db.session.get_one(App, app_id), db.session.get_one(Release, release_id)
    with as_tenant(db.session, _place(code).id):
        settings = {"categories": {kind: {"agency": "dishub"} for kind in KINDS}, "publish": "at_once"}
        enable_app(db.session, app=app, release=release, overrides=settings)
        db.session.commit()


def _place(code: str) -> Municipality:
    return db.session.query(Municipality).where(Municipality.region_code == code).one()


def _row(installation: Installation, agency: Agency, number: int, one: Any) -> dict[str, Any]:
    finished = number % 20 != 0
    return {
        "tenant_id": installation.tenant_id,
        "id": new_id(),
        "installation_id": installation.id,
        "definition_digest": installation.definition_digest,
        "record_type": "report",
        "number": f"SR/2025/{number:05d}",
        "title": one.title,
        "state": "fixed" if finished else "received",
        "open": not finished,
        "overdue": False,
        "published": True,
        "checked": True,
        "agency_id": agency.id,
        "agency_assigned": False,
        "place_lon": one.lon,
        "place_lat": one.lat,
        "due_at": None if finished else one.due,
        "closed_at": one.due if finished else None,
        "data": {
            "title": one.title,
            "description": one.description,
            "category": one.category,
            "place": [one.lon, one.lat],
        },
        "private": {"_language": "id"},
        "search_text": one.title,
        "version": 3,
        "created_at": one.created,
        "updated_at": one.created,
    }
