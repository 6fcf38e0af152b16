"""The sign-ins of the demonstration, for people who have just started it."""

from __future__ import annotations

from urllib.parse import urlsplit

from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.script import (
    ADMIN,
    CITIZEN_LOGIN,
    DISPATCHER,
    EVALUATOR,
    OPERATOR_LOGIN,
    PASSWORD,
)


def demonstration_lines(base_url: str) -> list[str]:
    """Addresses and sign-ins as lines for the terminal; `base_url` is the hub's address."""
    parts = urlsplit(base_url)
    tangsel, surabaya, tangerang = CITIES
    road = tangsel.handler_of(tangsel.agencies["road"])
    light = surabaya.handler_of(surabaya.agencies["street-light"])
    people = [
        ("Operator hub / hub operator", OPERATOR_LOGIN),
        ("Warga / citizen", CITIZEN_LOGIN),
        ("Tangsel: admin, penerbit / publisher", tangsel.address(tangsel.with_role(ADMIN))),
        ("Tangsel: operator / dispatcher", tangsel.address(tangsel.with_role(DISPATCHER))),
        ("Tangsel: petugas jalan / road officer", tangsel.address(road)),
        ("Surabaya: admin", surabaya.address(surabaya.with_role(ADMIN))),
        ("Surabaya: petugas PJU / lights officer", surabaya.address(light)),
        ("Surabaya: penilai / evaluator", surabaya.address(surabaya.with_role(EVALUATOR))),
        ("Kota Tangerang: admin", tangerang.address(tangerang.with_role(ADMIN))),
        ("Kota Tangerang: operator / dispatcher", tangerang.address(tangerang.with_role(DISPATCHER))),
    ]
    width = max(len(role) for role, _ in people)
    return [
        "",
        "Alamat / Addresses",
        f"  {'Hub':<{width}}  {base_url}",
        *(f"  {'Portal ' + city.slug:<{width}}  {parts.scheme}://{city.slug}.{parts.netloc}" for city in CITIES),
        "",
        f"Masuk / Sign in   (kata sandi semua akun / password of every account: {PASSWORD})",
        *(f"  {role:<{width}}  {address}" for role, address in people),
        "",
    ]
