"""What lists and maps say about records of any app: marks by their states, figures by their names."""

from __future__ import annotations

import pytest

from app_runtime.pages.legends import map_legend, told
from app_runtime.records.presenting import PresentedField
from tests.small_app import codes_of, small_definition, small_files

POINT = """
name: {id: Titik, en: Point}
title: record.name
fields: {name: {type: text, label: {id: Nama, en: Name}}}
access: {clerk: {create: {}, read: {rows: all}}}
workflow:
  start: planned
  states:
    planned: {label: {id: Direncanakan, en: Planned}}
    broken: {label: {id: Terganggu, en: Disturbed}, tone: red}
    gone: {label: {id: Ditutup, en: Closed}, end: other}
  actions:
    spoil: {from: planned, to: broken, by: [clerk]}
    give: {from: broken, by: [clerk], asks: {assignee: {type: TYPE, required: true, label: {id: Petugas, en: Person}}}}
    close: {from: [planned, broken], to: gone, by: [clerk]}
"""


def test_red_is_not_late_where_nothing_can_be() -> None:
    definition = small_definition(small_files({"point": POINT.replace("TYPE", "person")}))
    assert list(map_legend(definition.records["point"])) == [("grey", "Direncanakan, Ditutup"), ("red", "Terganggu")]


@pytest.mark.parametrize(("kind", "codes"), [("person", set()), ("text", set()), ("integer", {"ask-type-differs"})])
def test_who_has_a_record_is_asked_for_as_a_person(kind: str, codes: set[str]) -> None:
    found = codes_of(small_files({"point": POINT.replace("TYPE", kind)}))
    assert found == codes


@pytest.mark.parametrize(
    ("kind", "label", "line"),
    [
        ("integer", "Nomor titik", "Nomor titik: 7"),
        ("boolean", "Terlalu lambat?", "Terlalu lambat? 7"),
        ("text", "Nama", "7"),
    ],
)
def test_a_bare_value_comes_with_its_name(kind: str, label: str, line: str) -> None:
    assert told(PresentedField(id="x", type=kind, label=label, value="7", text="7")) == line
