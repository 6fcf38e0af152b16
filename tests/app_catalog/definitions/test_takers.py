"""What can never happen is a warning, at its own place."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_files
from tests.small_app import report_of, small_files

LETTER = """
name: {id: Surat, en: Letter}
title: record.subject
fields: {subject: {type: text, label: {id: Perihal, en: Subject}}}
access: {clerk: {create: {}, read: {rows: all}}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    done: {label: {id: Selesai, en: Done}, end: success}
  actions:
    finish: {from: open, to: done, by: [clerk]}
    expire: {from: open, to: done, by: []}
clocks:
  answer: {within: "'P3D'", starts: [created], met_by: [finish], then: expire}
"""


def warnings(letter: str) -> dict[str, int]:
    problems = report_of(small_files({"letter": letter})).problems
    return {problem.code: problem.line for problem in problems if problem.severity == "warning"}


def test_a_package_in_which_everything_can_happen_has_no_such_warning() -> None:
    assert warnings(LETTER) == {}


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        (", then: expire}", "}", "action-nobody-takes", "expire:"),
        ("to: done, by: [clerk]", "to: done, by: [chief]", "action-nobody-takes", "finish:"),
        ("to: done, by: [clerk]", "to: done, by: [chief]", "clock-never-met", "answer:"),
        ("starts: [created]", "starts: [expire]", None, ""),
        ("[created], met_by: [finish], then: expire", "[expire], met_by: [finish]", "clock-never-starts", "answer:"),
        ("to: done, by: [clerk]", "to: done, by: [tenant_admin]", None, ""),
    ],
)  # fmt: skip
def test_what_nothing_brings_about_is_a_warning_at_its_line(old: str, new: str, code: str | None, at: str) -> None:
    assert old in LETTER
    changed = LETTER.replace(old, new)
    found = warnings(changed)
    if code is None:
        assert found == {}
        return
    assert at in changed.splitlines()[found[code] - 1]


def test_the_bundled_package_has_no_such_warning(siaran_files: Mapping[str, bytes]) -> None:
    codes = {problem.code for problem in check_package(load_files(siaran_files)).problems}
    assert not codes & {"action-nobody-takes", "clock-never-met", "clock-never-starts"}
