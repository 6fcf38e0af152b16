"""A profile as a city with offices, people and settings, ready to be founded."""

from __future__ import annotations

import random

from app_runtime.demonstration.generated.more_phrases import OWN_CATEGORIES
from app_runtime.demonstration.generated.names import draw_names
from app_runtime.demonstration.generated.offices import office_for, offices_of
from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.script import ADMIN, DISPATCHER, EVALUATOR, HANDLER, City, Office, Person

APP_CATEGORIES = ("street-light", "congestion", "rubbish", "road", "flood", "emergency")
_LONG_POSITION = "pada Sekretariat Bersama Pelayanan Pengaduan dan Informasi Masyarakat Kepulauan"


def chance_for(seed: int, *what: object) -> random.Random:
    """Chance that is the same each time for the same seed and purpose."""
    return random.Random(":".join(map(str, (seed, *what))))  # noqa: S311 - a demonstration that is always the same.


def city_of(profile: Profile, seed: int) -> City:
    """The municipality as a script; the same for the same seed."""
    offices = offices_of(profile.offices, long=profile.long)
    categories = [*(name for name in APP_CATEGORIES if name not in profile.without), *profile.extra]
    agencies = {category: office_for(category, offices) for category in categories} if offices else {}
    return City(
        slug=profile.slug,
        region_code=profile.region_code,
        contact_phone=profile.phone,
        centre=profile.centre,
        zoom=profile.zoom,
        colour=profile.colour,
        initials=profile.initials,
        offices=offices,
        people=_people(chance_for(seed, profile.slug, "people"), profile, offices, agencies),
        spots=(),
        agencies=agencies,
        settings=profile.settings,
        own_name={"id": profile.own_name, "en": profile.own_name} if profile.own_name else None,
        headless=profile.headless,
    )


def category_rows(profile: Profile, agencies: dict[str, str]) -> dict[str, object]:
    """The municipality's rows of the app's table of categories; None takes one of the app's own away."""
    rows: dict[str, object] = {category: {"agency": office} for category, office in agencies.items()}
    for category in profile.extra:
        name, english, span = OWN_CATEGORIES[category]
        rows[category] = {"name": {"id": name, "en": english}, "agency": agencies[category], "fix_within": span}
    return {**rows, **dict.fromkeys(profile.without)}


def _people(
    chance: random.Random, profile: Profile, offices: tuple[Office, ...], agencies: dict[str, str]
) -> tuple[Person, ...]:
    names = iter(draw_names(chance, profile.culture, 4 + 2 * len(offices), long=profile.long))
    tail = f" {_LONG_POSITION}" if profile.long else ""
    home = "diskominfo" if offices else None
    people = [Person("admin", next(names), f"Kepala Bidang Aplikasi Informatika{tail}", home, roles=(ADMIN,))]
    if not offices:
        return tuple(people)
    if not profile.settings.get("straight_to_agency"):
        people.append(Person("operator", next(names), f"Operator laporan warga{tail}", home, roles=(DISPATCHER,)))
    people.append(Person("penilai", next(names), f"Analis kinerja pelayanan{tail}", "setda", roles=(EVALUATOR,)))
    answering = set(agencies.values())
    for office in offices:
        if office.key not in answering:
            continue
        officer = f"Petugas {office.short_name}{tail}"
        people.append(Person(f"petugas-{office.key}", next(names), officer, office.key, roles=(HANDLER,)))
        if not profile.headless:
            head = Person(f"kepala-{office.key}", next(names), f"Kepala {office.name}", office.key, head=True)
            people.append(head)
    return tuple(people)
