"""The sign-ins of the demonstration: three for people who have just started it, and all of them on request."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.generated.building import city_of
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.script import (
    ADMIN,
    CITIZEN_LOGIN,
    DISPATCHER,
    EVALUATOR,
    HANDLER,
    OPERATOR_LOGIN,
    PASSWORD,
    PROVINCE_LOGIN,
    City,
)
from app_runtime.demonstration.seed import SEED

_ROLES = (
    (ADMIN, "admin"),
    (DISPATCHER, "operator / dispatcher"),
    (HANDLER, "petugas / officer"),
    (EVALUATOR, "penilai / evaluator"),
)
_HUB = (("Operator hub / hub operator", OPERATOR_LOGIN), ("Warga / citizen", CITIZEN_LOGIN))


def demonstration_lines(base_url: str) -> list[str]:
    """The main addresses and three sign-ins as lines for the terminal, and where the rest is; `base_url` is the hub's
    address."""
    parts = urlsplit(base_url)
    tangsel = CITIES[0]
    people = (*_HUB, ("Tangsel: admin, penerbit / publisher", tangsel.address(tangsel.with_role(ADMIN))))
    width = max(len(role) for role, _ in people)
    return [
        "",
        "Alamat / Addresses",
        f"  {'Hub':<{width}}  {base_url}",
        *(f"  {'Portal ' + city.slug:<{width}}  {_portal(parts, city.slug)}" for city in CITIES),
        "",
        f"Masuk / Sign in   (kata sandi semua akun / password of every account: {PASSWORD})",
        *(f"  {role:<{width}}  {address}" for role, address in people),
        f"  {len(PROFILES)} daerah lain, semua akun / more, all accounts: .venv/bin/lumbung demo sign-ins",
        "",
    ]


def all_sign_ins(base_url: str) -> list[str]:
    """Every portal with its people to sign in as: one for each role, all officers for the cities written by hand."""
    parts = urlsplit(base_url)
    lines = [f"Kata sandi semua akun / password of every account: {PASSWORD}", "", base_url]
    hub = (*_HUB, ("Provinsi / province", PROVINCE_LOGIN))
    lines += [f"  {role:<28}  {address}" for role, address in hub]
    for city in CITIES:
        lines += ["", _portal(parts, city.slug), *_people(city, all_officers=True)]
    for profile in PROFILES:
        lines += ["", _portal(parts, profile.slug), *_people(city_of(profile, SEED), all_officers=False)]
    return lines


def _people(city: City, *, all_officers: bool) -> Iterable[str]:
    for role, name in _ROLES:
        found = [person for person in city.people if role in person.roles]
        for person in found if all_officers else found[:1]:
            yield f"  {name:<28}  {city.address(person)}"


def _portal(parts: SplitResult, slug: str) -> str:
    return f"{parts.scheme}://{slug}.{parts.netloc}"
