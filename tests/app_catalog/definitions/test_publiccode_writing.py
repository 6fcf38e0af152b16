"""What was read of a publiccode.yml is written as a file of the newest version."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_catalog.definitions.publiccode.writing import newest_form, write_yaml
from tests.app_catalog.definitions.publiccode_files import LONG, NEWEST_KEYS, full, read


@pytest.mark.parametrize("version", ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"])
def test_what_was_read_is_written_as_a_sound_file_of_the_newest_version(version: str) -> None:
    extra = NEWEST_KEYS if version == "0.7" else ""
    before = read(full(version) + extra)
    text = write_yaml(newest_form(before.document, used_by=["Kota Tangerang Selatan", 'Kota "Aneh": #1']))
    after = read(text)
    assert after.report.problems == ()
    assert after.minor == 7
    assert after.document["usedBy"] == ["Kota Tangerang Selatan", 'Kota "Aneh": #1']
    assert after.document["description"]["id"]["longDescription"] == LONG
    assert after.document["maintenance"] == before.document["maintenance"]
    assert "IT" not in after.document
    again = write_yaml(newest_form(after.document, used_by=after.document["usedBy"]))
    assert again == text


def test_nobody_is_named_as_using_it_unless_the_platform_knows() -> None:
    assert "usedBy" not in newest_form(read(full()).document, used_by=[])


_SCALARS = st.one_of(
    st.text(max_size=40),
    st.booleans(),
    st.integers(-1000, 1000),
    st.sampled_from(["yes", "null", "~", "1e3", "- a", "#"]),
)


@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.one_of(_SCALARS, st.lists(_SCALARS, max_size=4)), max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_any_text_survives_being_written_and_read(values: dict[str, Any]) -> None:
    text = write_yaml({"name": "x", "usedBy": [str(value) for value in values.values()]})
    found = read(text)
    assert not any(problem.code.startswith("yaml-") for problem in found.report.problems)
