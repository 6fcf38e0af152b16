"""A generated municipality as it comes to be: claimed, described, equipped, its app enabled, its reports written."""

from __future__ import annotations

from datetime import datetime, timedelta

from app_catalog.installations.icons import set_icon
from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app, enable_app
from app_runtime.demonstration.bulk.reports import Part, write_part
from app_runtime.demonstration.founding import Founded, describe, take_claim
from app_runtime.demonstration.generated.building import category_rows, city_of
from app_runtime.demonstration.generated.calendar import keep_calendar
from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.generated.staffing import staff
from app_runtime.demonstration.icons import draw_icon
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import ADMIN
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from tenants.municipalities.services import set_status

_BEFORE_REPORTS = timedelta(days=12)
_RECENTLY = timedelta(hours=5)
MOST_PHOTOS = 400
FRESH = 0.22
"""So that an inbox has something to do, however small the municipality."""
DISABLED_REASON = (
    "Petugas lapangan tujuh dinas belum selesai dilatih, dan laporan menumpuk tanpa jawaban. Dihentikan dahulu; "
    "diaktifkan lagi setelah pelatihan selesai bulan depan."
)


def load_municipality(session: AnySession, profile: Profile, *, until: datetime, seed: int) -> None:
    """Make the municipality with its reports before `until`; the same for the same seed and instant."""
    city = city_of(profile, seed)
    if profile.fate == "prepares":
        with set_clock(until - _RECENTLY):
            take_claim(session, city)
        return
    first = until - timedelta(days=profile.days)
    begins = first - _BEFORE_REPORTS
    with set_clock(begins):
        founded = Founded(city, take_claim(session, city))
        with as_tenant(session, founded.id):
            describe(session, founded)
            staff(session, founded)
            set_status(session, founded.municipality, "active")
            keep_calendar(session, profile, first=begins.year, last=until.year + 1)
    with as_tenant(session, founded.id):
        with set_clock(begins + timedelta(days=2)):
            installation = _enable(session, founded, profile)
        part = Part(
            number=0,
            count=profile.reports,
            first=first,
            last=until - timedelta(minutes=20),
            until=until,
            seed=seed,
            fresh=FRESH,
        )
        write_part(session, installation, part, photos=MOST_PHOTOS, profile=profile)
        if profile.fate == "disabled":
            with set_clock(until - timedelta(days=3)):
                disable_app(session, installation, reason=DISABLED_REASON)
    if profile.fate == "suspended":
        with set_clock(until - timedelta(days=9)):
            set_status(session, founded.municipality, "suspended")


def _enable(session: AnySession, founded: Founded, profile: Profile) -> Installation:
    app, release = find_release(session)
    admin = founded.visitor(founded.city.with_role(ADMIN))
    installation = enable_app(
        session,
        app=app,
        release=release,
        overrides={**profile.settings, "categories": category_rows(profile, dict(founded.city.agencies))},
        own_name=founded.city.own_name,
        account_id=admin.account_id,
    )
    if profile.emblem:
        set_icon(session, installation, draw_icon(profile.emblem, profile.colour), uploaded_by=admin.account_id)
    return installation
