"""Types and keys of fields in a package: what is refused and where, and that values survive being written and read."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.computed_order import computed_order
from app_catalog.definitions.model import Definition, Field, Text
from app_catalog.definitions.schemas import field_schema, record_schema
from app_catalog.definitions.schemas.addresses import check_stream, check_url
from app_catalog.definitions.schemas.quantities import check_decimal, shown_decimal
from app_catalog.definitions.shape.quantities import MOST_DECIMAL
from app_catalog.definitions.source import load_files
from tests.field_app import field_package

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "decimal", "min": 2.5, "max": 1}, "min-above-max", "min"),
    ({"type": "decimal", "min": 2.5, "default": 1}, "out-of-range", "default"),
    ({"type": "decimal", "min": "2,5"}, "wrong-kind", "min"),
    ({"type": "decimal", "max": 1e300}, "wrong-kind", "max"),
    ({"type": "time", "min": "7 pagi"}, "wrong-kind", "min"),
    ({"type": "time", "min": "07:00", "max": "06:00"}, "min-above-max", "min"),
    ({"type": "date", "default": "2026-02-30"}, "wrong-kind", "default"),
    ({"type": "date", "min": "2026-01-02", "default": "2026-01-01"}, "out-of-range", "default"),
    ({"type": "duration", "min": "P2D", "max": "P1D"}, "min-above-max", "min"),
    ({"type": "duration", "default": "3 hari"}, "bad-duration", "default"),
    ({"type": "choices"}, "missing-key", "options"),
    ({"type": "choices", "options": {"a": "A"}, "default": ["a", "b"]}, "unknown-value", "default"),
    ({"type": "choices", "options": "settings.kosong"}, "unknown-table", "options"),
    ({"type": "url", "pattern": "(a"}, "bad-pattern", "pattern"),
    ({"type": "stream", "max": 5}, "unknown-key", "max"),
    ({"type": "integer", "computed": "'a'"}, "expression-result", "computed"),
    ({"type": "integer", "computed": "1.5"}, "expression-result", "computed"),
    ({"type": "text", "computed": "1"}, "expression-result", "computed"),
    ({"type": "date", "computed": "'2026-01-01'"}, "expression-result", "computed"),
    ({"type": "agencies", "computed": "'dlh'"}, "expression-result", "computed"),
    ({"type": "files", "computed": "[]"}, "unknown-key", "computed"),
    ({"type": "integer", "computed": "1", "required": True}, "computed-and-asked", "required"),
    ({"type": "integer", "computed": "1", "default": 2}, "computed-and-asked", "default"),
    ({"type": "integer", "computed": "record.thing + 1"}, "computed-ring", "computed"),
    ({"type": "files", "unique": True}, "unknown-key", "unique"),
    ({"type": "integer", "required_when": "1"}, "expression-result", "required_when"),
    ({"type": "integer", "check": "record.thing"}, "expression-result", "check"),
    ({"type": "integer", "check": {"message": "Salah"}}, "missing-key", "check"),
    ({"type": "integer", "check": {"check": "true", "pesan": "x"}}, "unknown-key", "check"),
]


def problems(fields: dict[str, Any], **parts: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Code and path of every error of a package with these fields."""
    report = check_package(load_files(field_package(fields, **parts)))
    return [
        (problem.code, tuple(problem.path.split("."))) for problem in report.problems if problem.severity == "error"
    ]


def compiled(fields: dict[str, Any], **parts: Any) -> Definition:
    """The definition of a package with these fields."""
    return compile_definition(canonicalise(load_files(field_package(fields, **parts))))


@pytest.mark.parametrize(("spec", "code", "key"), WRONG)
def test_a_wrong_key_of_a_field_is_told_where_it_stands(spec: dict[str, Any], code: str, key: str) -> None:
    found = problems({"thing": spec})
    assert code in [one for one, _ in found]
    assert all(path[:3] == ("fields", "thing", key) for one, path in found if one == code)


def test_every_type_is_checked_in_expressions_by_what_it_holds() -> None:
    fields = {
        "depth": {"type": "decimal"},
        "tags": {"type": "choices", "options": {"wet": "Basah"}},
        "opens": {"type": "time"},
        "offices": {"type": "agencies"},
    }
    right = "record.depth > 2.5 && 'wet' in record.tags && record.opens < '12:00' && size(record.offices) == 0"
    assert problems(fields, record={"published": right}) == []
    for wrong in ("record.depth > 'a'", "record.tags == 'wet'", "record.opens + 1 == 2"):
        assert problems(fields, record={"published": wrong})[0][0] == "expression-invalid", wrong


@given(st.floats(-MOST_DECIMAL, MOST_DECIMAL, allow_nan=False), st.sampled_from(["id", "en"]))
def test_a_decimal_that_a_form_shows_is_read_as_the_same(value: float, lang: str) -> None:
    field = Field("depth", "decimal", Text({"id": "Dalam"}))
    stored = check_decimal(round(value, 6), field, lang)
    assert check_decimal(shown_decimal(stored, lang), field, lang) == stored


@given(st.text(max_size=40))
def test_an_address_is_never_anything_but_a_web_address(rest: str) -> None:
    field = Field("site", "url", Text({"id": "Situs"}))
    for text in (rest, f"https://{rest}", f"javascript:{rest}", f"https://a.example/{rest}"):
        for check in (check_url, check_stream):
            try:
                found = check(text, field, "id")
            except ValidationError:
                continue
            assert found.startswith(("https://", "http://"))
            assert not set(found) & set("\"'<> \n")


def test_a_pattern_holds_for_every_type_that_is_written() -> None:
    for kind, pattern, good, bad in (
        ("email", ".*@contoh\\.id", "a@contoh.id", "a@lain.id"),
        ("phone", "\\+6221.*", "021 555 1234", "0812 3456 7890"),
        ("url", "https://contoh\\.id/.*", "https://contoh.id/a", "https://lain.id/a"),
        ("long_text", "(?s)Yth.*", "Yth.\nBapak", "Halo"),
    ):
        field = compiled({"thing": {"type": kind, "pattern": pattern}}).records["entry"].fields["thing"]
        schema = field_schema(field, settings={})
        assert schema.deserialize(good)
        with pytest.raises(ValidationError):
            schema.deserialize(bad)


def test_a_key_that_is_not_written_is_not_in_the_canonical_form() -> None:
    spec = canonicalise(load_files(field_package({"depth": {"type": "decimal"}})))["records"]["entry"]["fields"][
        "depth"
    ]
    assert set(spec) == {"type", "order"}


def test_values_are_the_same_once_they_were_cleaned() -> None:
    fields = {
        "lasts": {"type": "duration"},
        "opens": {"type": "time"},
        "tags": {"type": "choices", "options": {"b": "B", "a": "A"}},
        "notes": {"type": "markdown"},
    }
    schema = record_schema(compiled(fields).records["entry"], settings={})()
    once = schema.load({"about": "x", "lasts": "P3WD", "opens": "7.05", "tags": ["b", "a", "b"], "notes": "a\r\n\r\nb"})
    assert once == {"about": "x", "lasts": "P3WD", "opens": "07:05", "tags": ["a", "b"], "notes": "a\n\nb"}
    assert schema.load(once) == once


def test_nobody_is_asked_for_what_is_computed() -> None:
    fields = {"sum": {"type": "integer", "computed": "1 + 1"}}
    access = {"public": {"create": {"fields": ["about", "sum"]}}, "keeper": {"update": {"fields": ["sum"]}}}
    actions = {"finish": {"from": "received", "by": "keeper", "asks": {"sum": {}}, "sets": {"sum": "1"}}}
    workflow = {"start": "received", "states": {"received": {"label": "Diterima"}}, "actions": actions}
    automations = {"fill": {"on": "created", "set": {"sum": "3"}}}
    record = {"access": access, "workflow": workflow, "automations": automations}
    form = {"kind": "form", "for": "public", "record": "entry", "steps": {"one": {"fields": ["sum"]}}}
    found = problems(fields, record=record, **{"pages/isi.yaml": form})
    assert sorted(path for code, path in found if code == "computed-filled-in") == [
        ("access", "keeper", "update", "fields", "sum"),
        ("access", "public", "create", "fields", "sum"),
        ("automations", "fill", "set", "sum"),
        ("steps", "one", "fields", "sum"),
        ("workflow", "actions", "finish", "asks", "sum"),
        ("workflow", "actions", "finish", "sets", "sum"),
    ]


@given(st.permutations(["a", "b", "c", "d"]))
def test_what_is_computed_is_worked_out_after_what_it_is_made_of(names: list[str]) -> None:
    formulas = {name: f"record.{before} + 1" for before, name in pairwise(names)} | {names[0]: "1"}
    assert computed_order(formulas) == (tuple(names), ())
    assert computed_order({**formulas, names[0]: f"record.{names[3]}"}) == ((), tuple(sorted(names)))
