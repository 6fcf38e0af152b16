"""Loading the demonstration: municipality by municipality, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from app_catalog.installations.services import list_installations
from app_runtime.demonstration.asking import ask_publisher
from app_runtime.demonstration.assisting import show_assistance
from app_runtime.demonstration.bookkeeping import keep_books
from app_runtime.demonstration.campaigning import run_campaign
from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.counting import count_demonstration
from app_runtime.demonstration.founding import Founded, add_account, find_visitors, found_city
from app_runtime.demonstration.generated.founding import load_municipality
from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.inventory import list_inventory
from app_runtime.demonstration.judging import judge_app, leave_claim_open
from app_runtime.demonstration.month import LONGEST_DAYS, live_month
from app_runtime.demonstration.programme import run_programme
from app_runtime.demonstration.progress import MARK, REFUSED, STEPS
from app_runtime.demonstration.publishing import enable_in, publish_app
from app_runtime.demonstration.rating import rate_closed
from app_runtime.demonstration.script import CITIZEN_LOGIN, City
from app_runtime.demonstration.seed import SEED
from app_runtime.demonstration.services.telling import open_services
from app_runtime.demonstration.services.where import SERVICES
from app_runtime.demonstration.sponsoring import sponsor_everything
from app_runtime.demonstration.voicing import raise_voices
from app_runtime.demonstration.weighing import weigh_app
from app_runtime.demonstration.wishing import wish_for_apps
from lumbung.audit import record_audit
from lumbung.audit.models import PlatformAuditEntry
from lumbung.db import as_tenant, now, set_clock, use_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict
from lumbung.i18n import Text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

_BEFORE_THE_MONTH = timedelta(days=LONGEST_DAYS + 6)
_BEFORE_THE_YEAR = timedelta(days=430)


class RealData(Conflict):
    """There is a municipality that is not invented: a demonstration has no place beside it."""

    slug = "demonstration-refused"
    title = Text("Data peragaan tidak dimuat", "The demonstration is not loaded")
    default = REFUSED


def load_demonstration(
    session: AnySession,
    *,
    until: datetime | None = None,
    seed: int = SEED,
    tell: Callable[[str], None] = lambda step: None,
) -> list[str]:
    """Load what is missing, as if it had happened in the month (where it is generated: the year) before `until` (now);
    the steps that were done. The same `seed` and `until` give the same again, ids and tracking codes excepted.

    Each step commits by itself and leaves a mark in the audit of the hub, so that a load that was interrupted goes on
    where it stopped. `tell` hears of each step before it begins. Raises RealData when a municipality is no
    demonstration.
    """
    moment = until or now()
    use_tenant(session, None)
    done = loaded_steps(session)
    missing = [step for step in STEPS if step not in done]
    if not missing:
        return []
    require_no_real_data(session)
    steps: dict[str, Callable[[AnySession, datetime], None]] = {
        **{city.slug: partial(_load_city, city=city) for city in CITIES},
        "judgements": _load_judgements,
        "inventory": _load_inventory,
        "voices": _load_voices,
        "services": _load_services,
        **{profile.slug: partial(_load_generated, profile=profile, seed=seed) for profile in PROFILES},
        "verdicts": partial(_load_verdicts, seed=seed),
        "figures": _count_figures,
        "assistance": _show_assistance,
        "wishes": _wish_for_apps,
        "requests": _ask_publisher,
        "sponsors": _sponsor_everything,
        "programme": _run_programme,
    }
    for step in missing:
        tell(step)
        steps[step](session, moment)
        use_tenant(session, None)
        record_audit(session, MARK, subject_type="demonstration", subject_id=step)
        session.commit()
    return missing


def require_no_real_data(session: AnySession) -> None:
    """Raise RealData when a municipality is no demonstration."""
    if session.scalar(select(Municipality.id).where(Municipality.demo.is_(False)).limit(1)) is not None:
        raise RealData


def loaded_steps(session: AnySession) -> set[str]:
    """The steps that have been done."""
    rows = session.scalars(select(PlatformAuditEntry.subject_id).where(PlatformAuditEntry.action == MARK))
    return set(rows)


def _load_city(session: AnySession, until: datetime, *, city: City) -> None:
    first = city is CITIES[0]
    # Whoever publishes was there before all who run the app, some of them for a year.
    with set_clock(until - (_BEFORE_THE_YEAR if first else _BEFORE_THE_MONTH)):
        founded = found_city(session, city)
        if first:
            publish_app(session, founded)
    citizen = add_account(session, CITIZEN_LOGIN, "Wulan Anggraeni")
    with as_tenant(session, founded.id):
        with set_clock(until - _BEFORE_THE_MONTH + timedelta(days=2)):
            installation = enable_in(session, founded)
        visitor = Visitor(account_id=citizen.id, name=citizen.name, email=citizen.email)
        live_month(session, founded, installation, until=until, citizen=visitor)
        rate_closed(session, installation, until=until, seed=city.slug)


def _load_judgements(session: AnySession, until: datetime) -> None:
    judge_app(session, _refound(session, CITIES[1]), CITIES[0], until=until)
    leave_claim_open(session, until=until)


def _load_inventory(session: AnySession, until: datetime) -> None:
    # What the whole country knows the third of the cities for.
    with set_clock(until - _BEFORE_THE_MONTH):
        list_inventory(session, _refound(session, CITIES[2]), neighbour=_refound(session, CITIES[1]))


def _load_voices(session: AnySession, until: datetime) -> None:
    raise_voices(session, _refound(session, CITIES[2]), until=until)


def _load_services(session: AnySession, until: datetime) -> None:
    moment = until.replace(microsecond=0)
    for city in CITIES:
        services = [make(moment) for make in SERVICES.get(city.slug, ())]
        if services:
            open_services(session, _refound(session, city), services, until=moment)


def _load_generated(session: AnySession, until: datetime, *, profile: Profile, seed: int) -> None:
    load_municipality(session, profile, until=until.replace(microsecond=0), seed=seed)
    municipality = session.scalars(select(Municipality).where(Municipality.slug == profile.slug)).one()
    with as_tenant(session, municipality.id):
        for installation in list_installations(session, with_disabled=True):
            rate_closed(session, installation, until=until, seed=f"{seed}/{profile.slug}")


def _load_verdicts(session: AnySession, until: datetime, *, seed: int) -> None:
    weigh_app(session, CITIES[0], until=until, seed=seed)
    run_campaign(session, CITIES[0], until=until, seed=seed)


def _count_figures(session: AnySession, until: datetime) -> None:
    count_demonstration(session, until=until)


def _show_assistance(session: AnySession, until: datetime) -> None:
    thankful, learning = (_refound(session, city) for city in CITIES[1:3])
    show_assistance(session, maintainer=CITIES[0], learning=learning, thankful=thankful, until=until)


def _wish_for_apps(session: AnySession, until: datetime) -> None:
    wish_for_apps(session, CITIES[0], until=until)


def _ask_publisher(session: AnySession, until: datetime) -> None:
    ask_publisher(session, CITIES[0], until=until)


def _sponsor_everything(session: AnySession, until: datetime) -> None:
    sponsor_everything(session, until=until.replace(microsecond=0))
    keep_books(session, until=until.replace(microsecond=0))


def _run_programme(session: AnySession, until: datetime) -> None:
    run_programme(session, until=until)


def _refound(session: AnySession, city: City) -> Founded:
    """A city that was loaded before, with its people as they sign in."""
    municipality = session.scalars(select(Municipality).where(Municipality.slug == city.slug)).one()
    with as_tenant(session, municipality.id):
        return Founded(city, municipality, find_visitors(session, city))
