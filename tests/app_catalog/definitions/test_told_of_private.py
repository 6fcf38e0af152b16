"""What is worked out of private fields, or numbered by them, is told to whoever reads it."""

from __future__ import annotations

import pytest

from tests.small_app import codes_of, small_files

PERSON = """
name: {id: Warga, en: Person}
title: "'Warga'"
number: {pattern: "W/{district}/{seq}"}
fields:
  district: {type: text, label: {id: Kecamatan, en: District}}
  person: {type: text, private: true, label: {id: Nama, en: Name}}
  nik: {type: nik, label: {id: NIK, en: NIK}}
  desk: {type: text, visible_to: [chief], label: {id: Meja, en: Desk}}
  size: {type: integer, computed: size(record.person), label: {id: Panjang, en: Length}}
  double: {type: integer, computed: record.size * 2, label: {id: Ganda, en: Double}}
  seat: {type: text, computed: "record.desk + '!'", label: {id: Kursi, en: Seat}}
  inner: {type: text, computed: "record.desk + '?'", visible_to: [chief], label: {id: Dalam, en: Inner}}
  loud: {type: text, computed: "record.district + '!'", label: {id: Seruan, en: Call}}
published: "true"
access:
  public: {read: {rows: published, fields: [loud, number]}}
  clerk: {create: {}, read: {rows: all}}
"""


@pytest.mark.parametrize(
    ("fields", "warned"),
    [("loud", False), ("size", True), ("double", True), ("seat", True), ("inner", False)],
    ids=["of others", "direct", "further", "of a field for some", "for some as well"],
)
def test_the_public_reads_what_is_worked_out_of_private_fields_with_a_warning_only(fields: str, warned: bool) -> None:
    files = small_files({"person": PERSON.replace("[loud, number]", f"[{fields}, number]")}, app_id="warga")
    assert codes_of(files) == set()
    assert ("computed-of-private" in codes_of(files, "warning")) is warned


@pytest.mark.parametrize("field", ["person", "nik", "desk"])
def test_no_number_tells_what_not_everybody_may_see(field: str) -> None:
    files = small_files({"person": PERSON.replace("{district}/", f"{{{field}}}/")}, app_id="warga")
    assert codes_of(files) == {"bad-number-pattern"}
