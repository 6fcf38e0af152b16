"""Districts and villages of each regency, and what people write for them."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tenants.regions.areas import LONGEST_AREA, AreaDistrict, Areas, areas_of, refusal_of_area
from tenants.regions.groups import area_choices, area_groups
from tenants.regions.reference import districts, regencies


def test_every_regency_has_its_villages_each_with_a_text_of_its_own() -> None:
    villages = 0
    for code in regencies():
        areas = areas_of(code)
        assert [one.code for one in areas.districts] == [one.code for one in districts()[code]]
        assert all(one.villages for one in areas.districts), code
        assert all(one.code.startswith(f"{part.code}.") for part in areas.districts for one in part.villages), code
        texts = areas.texts()
        written = [one.name for one in areas.districts] + [
            one.text for part in areas.districts for one in part.villages
        ]
        assert sorted(texts) == sorted(written), code
        assert max(map(len, texts)) <= LONGEST_AREA
        villages += len(areas.texts("village"))
    assert villages == 83_762


@pytest.mark.parametrize(
    ("code", "of_districts", "of_villages"), [("36.74", 7, 54), ("36.71", 13, 104), ("11.08", 27, 852)]
)
def test_a_regency_has_as_many_districts_and_villages_as_the_data_say(
    code: str, of_districts: int, of_villages: int
) -> None:
    areas = areas_of(code)
    assert (len(areas.texts("district")), len(areas.texts("village"))) == (of_districts, of_villages)
    assert len(areas.texts()) == of_districts + of_villages


@pytest.mark.parametrize("code", ["pratinjau", "36.99", "3674", ""])
def test_a_code_of_no_regency_has_no_areas(code: str) -> None:
    areas = areas_of(code)
    assert areas.texts() == ()
    assert areas.find("Serpong") is None
    assert area_groups(areas, None, ["Serpong"]) == []


@pytest.mark.parametrize(
    ("written", "of", "text"),
    [
        ("Serpong", None, "Serpong"),
        ("SERPONG", None, "Serpong"),
        ("kec. pondok  aren", None, "Pondok Aren"),
        ("Kec.Pondok Aren", None, "Pondok Aren"),
        ("Kecamatan Ciputat", None, "Ciputat"),
        # A village and its district have one name: the bare one is the district's.
        ("ciputat", None, "Ciputat"),
        ("Kelurahan Ciputat", None, "Ciputat, Ciputat"),
        ("ciputat", "village", "Ciputat, Ciputat"),
        ("Kel. Buaran, Kec. Serpong", None, "Buaran, Serpong"),
        ("buaran,serpong", "village", "Buaran, Serpong"),
        ("Rawa-Buntu", None, "Rawabuntu, Serpong"),
        ("Rawa Buntu", "district", None),
        ("Kec. Rawa Buntu", None, None),
        ("Kelurahan Serpong Utara", None, None),
        ("Kebayoran", None, None),
        ("", None, None),
        (",", None, None),
        ("kel.", None, None),
        ("x" * 5000, None, None),
    ],
)
def test_what_people_write_is_the_one_area_that_it_means(written: str, of: str | None, text: str | None) -> None:
    assert areas_of("36.74").find(written, of) == text  # type: ignore[arg-type]


def test_namesakes_are_told_apart_and_never_guessed() -> None:
    nusaniwe = areas_of("81.71")
    assert {"Kelurahan Nusaniwe, Nusaniwe", "Desa Nusaniwe, Nusaniwe"} <= set(nusaniwe.texts("village"))
    assert nusaniwe.find("nusaniwe, nusaniwe", "village") is None
    assert nusaniwe.find("desa nusaniwe, nusaniwe") == "Desa Nusaniwe, Nusaniwe"
    # Two of one kind have their codes.
    assert "Kogekotu (94.03.01.2018), Paniai Timur" in areas_of("94.03").texts()


def test_a_district_stands_for_its_villages_too() -> None:
    serpong = areas_of("36.74").with_villages(["Setu", "Pakualam, Serpong Utara"])
    assert (serpong[0], serpong[-1], len(serpong)) == ("Setu", "Pakualam, Serpong Utara", 8)
    assert all(text.endswith(", Setu") for text in serpong[1:-1])
    # Each once, and what is no area as it is.
    assert areas_of("36.74").with_villages(["Babakan, Setu", "Setu", "Setu", "Dusun"]).count("Babakan, Setu") == 1
    assert areas_of("36.74").with_villages(["Dusun"]) == ("Dusun",)
    assert areas_of("pratinjau").with_villages(["Serpong"]) == ("Serpong",)
    alone = Areas((AreaDistrict("36.74.99", "Pulau", ()),))
    assert alone.with_villages(["Pulau"]) == ("Pulau",)
    assert area_choices(alone, None) == [("Pulau", "Pulau (seluruh kecamatan)")]


def test_a_filter_offers_districts_wherever_villages_are_chosen() -> None:
    areas = areas_of("36.74")
    assert area_choices(areas, "district")[:2] == [("Serpong", "Serpong"), ("Serpong Utara", "Serpong Utara")]
    assert area_choices(areas, "village") == area_choices(areas, None)
    assert [value for value, _ in area_choices(areas, None)] == [*areas.texts()]
    assert area_choices(areas_of("pratinjau"), None) == []


def test_a_refusal_says_what_to_do_with_the_two_nearest_names() -> None:
    told = refusal_of_area(areas_of("36.74"), "Serpon Utra", "district")
    assert "“Serpon Utra” bukan kecamatan" in told
    assert "“Serpong Utara”" in told
    assert "“Serpong”" in told


def test_a_control_has_villages_below_their_district_and_what_stands_there() -> None:
    groups = area_groups(areas_of("36.74"), None, ["Dusun lama", "Serpong"])
    assert groups[0] == ("", [("Dusun lama", "Dusun lama (tidak ada di daftar)")])
    title, options = groups[1]
    assert title == "Kecamatan Serpong"
    assert options[0] == ("Serpong", "Serpong (seluruh kecamatan)")
    assert ("Buaran, Serpong", "Buaran, Serpong") in options
    assert len(groups) == 8
    assert len(area_groups(areas_of("36.74"), "district")) == 1


def test_the_file_is_small() -> None:
    assert len(files("tenants.regions").joinpath("data", "villages.zip").read_bytes()) < 1_000_000
