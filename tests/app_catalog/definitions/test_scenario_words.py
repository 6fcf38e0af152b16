"""What scenarios may say of messages, ladders and changes is checked by name, and read as it is written."""

from __future__ import annotations

import pytest

from app_catalog.definitions.model import CannotCheck, EscalatedCheck, MessageCheck
from tests.small_app import codes_of, small_definition, small_files

LETTER = """
name: Surat
title: record.about
fields:
  about: {type: text, required: true}
access:
  clerk: {create: {}, read: {rows: all}, update: {fields: [about]}}
  chief: {read: {rows: all}}
workflow:
  start: draft
  states: {draft: {label: Konsep}, done: {label: Selesai, end: success}}
  actions: {finish: {label: Selesai, from: draft, to: done, by: [clerk]}}
clocks:
  finish: {within: "'P1D'", starts: [created], met_by: [finish], escalate: {first: {after: PT0S, to: chief}}}
automations:
  late: {on: clock.finish.breached, send: late, to: chief}
"""
SCENARIO = """
name: Coba
when:
  - create: {as: clerk, record: letter, id: a, values: {about: Undangan}}
  - wait: P2D
then:
"""
LATE = "email: {subject: Terlambat, body: Terlambat.}\n"
RIGHT = """
  - escalated: {a.finish: chief}
  - escalated: {a.finish: [chief]}
  - message: {late: {to: chief, not_to: clerk}}
  - message: {late: none}
  - cannot: {update: a, as: chief, because: role, values: {about: Lain}}
"""


def files(checks: str) -> dict[str, bytes]:
    return small_files({"letter": LETTER}, messages={"late": LATE}, scenarios={"try": SCENARIO + checks})


def test_what_is_written_is_what_is_checked() -> None:
    checks = small_definition(files(RIGHT)).scenarios["try"].then
    assert checks == (
        EscalatedCheck({("a", "finish"): ("chief",)}),
        EscalatedCheck({("a", "finish"): ("chief",)}),
        MessageCheck({"late": "chief"}, {"late": "clerk"}),
        MessageCheck({}, {"late": None}),
        CannotCheck("chief", "role", update="a", values={"about": "Lain"}),
    )


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("  - escalated: {a.sleep: chief}\n", "unknown-clock"),
        ("  - escalated: {b.finish: chief}\n", "unknown-scenario-name"),
        ("  - escalated: {a.finish: clerk}\n", "unknown-rung"),
        ("  - escalated: {a.finish: nobody}\n", "unknown-recipient"),
        ("  - message: {late: {not_to: nobody}}\n", "unknown-recipient"),
        ("  - message: {hello: none}\n", "unknown-message"),
        ("  - cannot: {update: b, as: chief, because: role}\n", "unknown-scenario-name"),
        ("  - cannot: {update: a, as: chief, because: role, values: {colour: red}}\n", "unknown-field"),
    ],
)
def test_a_name_that_is_not_there_is_an_error(check: str, code: str) -> None:
    assert code in codes_of(files(check))
