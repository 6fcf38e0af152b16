"""Schemas compiled from a definition: clear answers in both languages, nothing unknown let in."""

from typing import Any

import pytest
from marshmallow import ValidationError

from app_catalog.definitions.model import Definition
from app_catalog.definitions.schemas import record_schema
from app_catalog.definitions.settings_values import MissingSetting, effective_settings, missing_settings

GOOD = {"title": "Lampu mati", "category": "rubbish", "place": [106.7, -6.2]}


def load(siaran: Definition, data: Any, *, lang: str = "id", **options: Any) -> Any:
    schema = record_schema(siaran.records["report"], settings=effective_settings(siaran), lang=lang, **options)
    return schema().load(data)


def test_a_good_record_is_loaded_as_json_can_hold_it(siaran: Definition) -> None:
    given = {**GOOD, "title": "  Lampu \r\n mati ", "place": ["106.70000001", "-6.2"], "cost": "1500", "answer": "",
             "reporter": {"name": "", "phone": "0812-3456-7890", "email": " sari@Example.org "}}  # fmt: skip
    assert load(siaran, given) == {
        "title": "Lampu mati", "category": "rubbish", "place": [106.7, -6.2], "cost": 1500,
        "reporter": {"phone": "+6281234567890", "email": "sari@example.org"},
    }  # fmt: skip


BAD: list[tuple[dict[str, Any], tuple[str, ...], str, str]] = [
    ({"title": None}, ("title",), "Wajib diisi.", "Please fill this in."),
    ({"title": "   "}, ("title",), "Wajib diisi.", "Please fill this in."),
    ({"title": "abc"}, ("title",), "Sedikitnya 5 huruf.", "At least 5 characters."),
    ({"title": "x" * 121}, ("title",), "Paling banyak 120 huruf.", "At most 120 characters."),
    ({"title": "Lampu\x00mati"}, ("title",), "Ada huruf", "unreadable"),
    ({"title": "Lampu \u202emati"}, ("title",), "Ada huruf", "unreadable"),
    ({"title": 12345}, ("title",), "Isi dengan teks.", "Write a text."),
    ({"category": "zzz"}, ("category",), "Pilih salah satu", "Choose one"),
    ({"category": ["rubbish"]}, ("category",), "Pilih salah satu", "Choose one"),
    ({"place": [200, 0]}, ("place",), "Tandai lokasi", "Mark the place"),
    ({"place": ["nan", 0]}, ("place",), "Tandai lokasi", "Mark the place"),
    ({"place": "106.7,-6.2"}, ("place",), "Tandai lokasi", "Mark the place"),
    ({"photos": ["a"] + [str(i) for i in range(5)]}, ("photos",), "Paling banyak 5 berkas.", "At most 5 files."),
    ({"photos": "a"}, ("photos",), "Daftar berkas", "list of files"),
    ({"cost": -1}, ("cost",), "Sedikitnya 0.", "At least 0."),
    ({"cost": 1.5}, ("cost",), "Isi dengan bilangan bulat.", "Write a whole number."),
    ({"cost": "1e9"}, ("cost",), "Isi dengan bilangan bulat.", "Write a whole number."),
    ({"cost": True}, ("cost",), "Isi dengan bilangan bulat.", "Write a whole number."),
    ({"reporter": {"phone": "abc"}}, ("reporter", "phone"), "Nomor telepon", "phone number"),
    ({"reporter": {"email": "sari@"}}, ("reporter", "email"), "Alamat email", "e-mail address"),
    ({"reporter": {"nik": "1"}}, ("reporter", "nik"), "tidak dikenal", "unknown"),
    ({"reporter": "Sari"}, ("reporter", "_schema"), "tidak sah", "not valid"),
    ({"state": "fixed"}, ("state",), "tidak dikenal", "unknown"),
]


@pytest.mark.parametrize(("change", "path", "indonesian", "english"), BAD, ids=lambda value: str(value)[:30])
def test_bad_values_get_a_clear_answer_in_both_languages(
    change: dict[str, Any], path: tuple[str, ...], indonesian: str, english: str, siaran: Definition
) -> None:
    for lang, words in (("id", indonesian), ("en", english)):
        with pytest.raises(ValidationError) as raised:
            load(siaran, {**GOOD, **change}, lang=lang)
        told: Any = raised.value.messages
        for step in path:
            told = told[step]
        assert words in told[0]


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_what_is_no_map_is_refused(data: Any, siaran: Definition) -> None:
    with pytest.raises(ValidationError):
        load(siaran, data)


def test_a_place_is_required_on_forms_only(siaran: Definition) -> None:
    without = {key: value for key, value in GOOD.items() if key != "place"}
    assert load(siaran, without, on_form=False) == without
    with pytest.raises(ValidationError):
        load(siaran, without)


def test_an_update_clears_what_is_given_empty_but_not_what_is_required(siaran: Definition) -> None:
    schema = record_schema(siaran.records["report"], settings=effective_settings(siaran), updating=True)
    assert schema().load({"cost": "", "answer": None}, partial=True) == {"cost": None, "answer": None}
    with pytest.raises(ValidationError):
        schema().load({"title": ""}, partial=True)


@pytest.mark.parametrize("written", ["--5", "-", "²", "1e3", "5 000", "٣", "0x1"])
def test_what_only_looks_like_a_number_is_refused(siaran: Definition, written: str) -> None:
    with pytest.raises(ValidationError) as raised:
        load(siaran, {**GOOD, "cost": written})
    assert "cost" in raised.value.messages_dict


def test_only_the_fields_of_a_step_are_asked_for(siaran: Definition) -> None:
    assert load(siaran, {"place": [106.7, -6.2]}, only=["place"]) == {"place": [106.7, -6.2]}
    with pytest.raises(ValidationError):
        load(siaran, {"place": [106.7, -6.2], "title": "Lampu mati"}, only=["place"])


def test_layers_of_settings_merge_cell_by_cell(siaran: Definition) -> None:
    programme = {"respond_within": "PT24H", "categories": {"rubbish": {"agency": "dlh"}, "road": None}}
    city = {"categories": {"rubbish": {"fix_within": "P1WD"}, "own": {"name": "Lain"}}, "publish": None, "gone": 1}
    merged = effective_settings(siaran, programme, city)
    assert merged["respond_within"] == "PT24H"
    assert merged["categories"]["rubbish"] == {
        "name": {"id": "Sampah", "en": "Rubbish"}, "agency": "dlh", "fix_within": "P1WD",
    }  # fmt: skip
    assert "road" not in merged["categories"]
    assert merged["categories"]["own"] == {"name": "Lain"}
    assert not {"publish", "gone"} & set(merged)
    assert siaran.default_settings()["categories"]["road"]


def test_what_is_still_missing_is_named_row_by_row(siaran: Definition) -> None:
    agencies = {row: {"agency": "dishub"} for row in siaran.settings["categories"].default}
    assert missing_settings(siaran, effective_settings(siaran, {"categories": agencies})) == ()
    del agencies["flood"]
    missing = missing_settings(siaran, effective_settings(siaran, {"categories": agencies}))
    assert missing == (MissingSetting("categories", "flood", "agency"),)
    assert missing_settings(siaran, {}) == (MissingSetting("categories"),)
