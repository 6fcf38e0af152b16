import re
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from tenants.regions.aliases import ALIASES
from tenants.regions.reference import (
    ZONE_LABELS,
    Regency,
    default_zone,
    districts,
    find_regency,
    provinces,
    regencies,
    search_regencies,
)
from tenants.regions.slugs import LONGEST_SLUG, RESERVED_SLUGS, slug_from, slug_problem


def regency(code: str) -> Regency:
    found = find_regency(code)
    assert found is not None
    return found


def names(query: str) -> list[str]:
    return [found.name for found in search_regencies(query)]


def test_there_are_38_provinces_514_regencies_and_7285_districts() -> None:
    assert len(provinces()) == 38
    assert len(regencies()) == 514
    assert Counter(found.kind for found in regencies().values()) == {"kabupaten": 416, "kota": 98}
    assert sum(len(found) for found in districts().values()) == 7_285
    assert set(districts()) == set(regencies())
    assert all(districts().values())


def test_codes_are_unique_and_begin_with_the_code_of_what_they_lie_in() -> None:
    for found in regencies().values():
        assert re.fullmatch(r"\d\d\.\d\d", found.code)
        assert found.province_code == found.code[:2]
        assert found.province_name == provinces()[found.province_code].name
    codes = [district.code for found in districts().values() for district in found]
    assert len(set(codes)) == len(codes)
    assert all(district.code.startswith(code) for code, found in districts().items() for district in found)


def test_suggested_slugs_are_unique_and_good_host_names() -> None:
    slugs = [found.slug for found in regencies().values()]
    assert len(set(slugs)) == 514
    assert [slug for slug in slugs if slug_problem(slug)] == []
    assert all(slug.isascii() for slug in slugs)


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("36.71", "tangerang"),
        ("36.03", "kab-tangerang"),
        ("36.74", "tangerang-selatan"),
        ("35.78", "surabaya"),
        ("32.79", "banjar"),
        ("63.03", "kab-banjar"),
        ("31.01", "kepulauan-seribu"),
        ("31.74", "jakarta-selatan"),
        ("72.04", "toli-toli"),
        ("71.09", "kepulauan-siau-tagulandang-biaro"),
    ],
)
def test_known_suggested_slugs(code: str, slug: str) -> None:
    assert regency(code).slug == slug


@pytest.mark.parametrize(
    ("code", "zone", "label"),
    [
        ("36.74", "Asia/Jakarta", "WIB"),
        ("61.71", "Asia/Jakarta", "WIB"),
        ("62.71", "Asia/Jakarta", "WIB"),
        ("63.71", "Asia/Makassar", "WITA"),
        ("51.71", "Asia/Makassar", "WITA"),
        ("73.71", "Asia/Makassar", "WITA"),
        ("81.71", "Asia/Jayapura", "WIT"),
        ("91.71", "Asia/Jayapura", "WIT"),
        ("93.01", "Asia/Jayapura", "WIT"),
        ("94.01", "Asia/Jayapura", "WIT"),
        ("95.01", "Asia/Jayapura", "WIT"),
        ("96.71", "Asia/Jayapura", "WIT"),
    ],
)
def test_time_zones_of_known_places(code: str, zone: str, label: str) -> None:
    found = regency(code)
    assert found.zone == zone
    assert ZONE_LABELS[found.zone] == label


def test_every_province_has_one_of_three_zones() -> None:
    assert {province.zone for province in provinces().values()} == set(ZONE_LABELS)
    assert all(ZoneInfo(zone) for zone in ZONE_LABELS)
    with pytest.raises(KeyError):
        default_zone("99")


def test_no_centre_is_invented() -> None:
    assert {found.centre for found in regencies().values()} == {None}


@pytest.mark.parametrize("code", ["36.74", "3674", " 36.74 "])
def test_a_code_is_found_however_it_is_written(code: str) -> None:
    assert regency(code).name == "Kota Tangerang Selatan"
    assert names(code) == ["Kota Tangerang Selatan"]


@pytest.mark.parametrize("code", ["", "36", "99.99", "36.74.01", "abc"])
def test_an_unknown_code_finds_nothing(code: str) -> None:
    assert find_regency(code) is None


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("tangsel", "Kota Tangerang Selatan"),
        ("TANGSEL", "Kota Tangerang Selatan"),
        ("kota tangsel", "Kota Tangerang Selatan"),
        ("tangerang", "Kota Tangerang"),
        ("kota tangerang", "Kota Tangerang"),
        ("kab. tangerang", "Kabupaten Tangerang"),
        ("Kabupaten Tangerang", "Kabupaten Tangerang"),
        ("surabaya", "Kota Surabaya"),
        ("surab", "Kota Surabaya"),
        ("Jogja", "Kota Yogyakarta"),
        ("solo", "Kota Surakarta"),
        ("gunung kidul", "Kabupaten Gunungkidul"),
        ("KULONPROGO", "Kabupaten Kulon Progo"),
        ("tolitoli", "Kabupaten Toli-Toli"),
        ("Sûrabàya", "Kota Surabaya"),
        ("selatan tangerang", "Kota Tangerang Selatan"),
        ("jaksel", "Kota Administrasi Jakarta Selatan"),
        ("ujung pandang", "Kota Makassar"),
        ("serpong", "Kota Tangerang Selatan"),
        ("batu", "Kota Batu"),
        ("hst", "Kabupaten Hulu Sungai Tengah"),
    ],
)
def test_the_best_answer_to_what_people_type(query: str, best: str) -> None:
    assert names(query)[0] == best


def test_a_name_that_a_city_and_a_regency_share_gives_both_and_then_longer_names() -> None:
    assert names("tangerang")[:3] == ["Kota Tangerang", "Kabupaten Tangerang", "Kota Tangerang Selatan"]


def test_a_province_finds_all_that_lies_in_it() -> None:
    assert len(names("banten")) == 8
    assert len(search_regencies("jawa", limit=5)) == 5


@pytest.mark.parametrize("query", ["", "   ", "-", "qqqq", "kabupaten qqqq", "' OR 1=1 --", "x" * 10_000])
def test_what_nothing_is_called_finds_nothing(query: str) -> None:
    assert search_regencies(query) == []


def test_every_alias_belongs_to_an_official_name_and_finds_it() -> None:
    official = {found.name for found in regencies().values()}
    assert set(ALIASES) <= official
    for name, aliases in ALIASES.items():
        for alias in aliases:
            assert name in names(alias)[:2], alias


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Kota Tangerang Selatan", "kota-tangerang-selatan"),
        ("  Bau–Bau! ", "bau-bau"),
        ("Été", "ete"),
        ("市", ""),
    ],
)
def test_a_slug_is_made_from_any_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


def test_a_long_name_gives_a_short_slug_that_does_not_end_in_a_hyphen() -> None:
    assert slug_from("abc " * 20) == ("abc-" * 10).rstrip("-")
    assert len(slug_from("a" * 99)) == LONGEST_SLUG


@pytest.mark.parametrize("slug", ["tangsel", "kab-tangerang", "a1b", "kota2"])
def test_a_good_slug_has_no_problem(slug: str) -> None:
    assert slug_problem(slug) is None


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "ab",
        "a" * 41,
        "Tangsel",
        "-tangsel",
        "tangsel-",
        "tang--sel",
        "xn--abc",
        "tang.sel",
        "tang_sel",
        "é" * 5,
    ],
)
def test_a_slug_that_is_no_host_name_is_refused(slug: str) -> None:
    assert slug_problem(slug) is not None


def test_names_of_the_platform_are_reserved() -> None:
    assert {"www", "api", "hub", "admin", "mail", "localhost", "lumbung"} <= RESERVED_SLUGS
    problem = slug_problem("www")
    assert problem is not None
    assert problem.id
    assert problem.en
