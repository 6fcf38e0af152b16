"""What an action may not be taken by, what it sets, and what a clock does at its end."""

from __future__ import annotations

import pytest

from tests.app_runtime.stage import Sessions
from tests.small_app import codes_of, failures_of, small_files

LETTER = """
name: {id: Surat, en: Letter}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  approved_on: {type: date, label: {id: Tanggal disetujui, en: Approved on}}
  seen_at: {type: datetime, label: {id: Dilihat, en: Seen}}
  amount: {type: integer, max: 10, label: {id: Jumlah, en: Amount}}
  note: {type: text, private: true, label: {id: Catatan, en: Note}}
access:
  clerk: {create: {fields: [subject, amount]}, read: {rows: all}}
  chief: {create: {}, read: {rows: all}}
workflow:
  start: draft
  states:
    draft: {label: {id: Konsep, en: Draft}}
    asked: {label: {id: Diajukan, en: Submitted}}
    valid: {label: {id: Berlaku, en: Valid}, tone: green, end: success}
    over: {label: {id: Habis, en: Over}, end: other}
  actions:
    submit: {from: draft, to: asked, by: [clerk, chief]}
    approve:
      from: asked
      to: valid
      by: [clerk, chief]
      not_by: [submit]
      sets: {approved_on: today, seen_at: now, amount: record.amount + 1, note: "'setuju'", checked: "true"}
    expire: {from: valid, to: over, by: []}
clocks:
  valid_for: {within: "'P30D'", starts: [approve], then: expire}
"""
START = "given: {calendar: {start: 2026-01-05T06:00+07:00}}\n"
MADE = "  - create: {as: clerk, record: letter, id: a, values: {subject: Undangan, amount: %s}}\n"
SUBMITTED = START + "when:\n" + MADE % 3 + "  - act: {as: clerk, on: a, action: submit}\n"
APPROVED = SUBMITTED + "  - act: {as: chief, on: a, action: approve}\n"
LETTERS = small_files({"letter": LETTER})


@pytest.mark.parametrize(
    ("who", "passes"),
    [("clerk", True), ("chief", False)],
)
def test_who_submitted_may_not_approve_whatever_roles_they_hold(session: Sessions, who: str, passes: bool) -> None:
    told = failures_of(
        session, LETTERS, SUBMITTED + f"then:\n  - cannot: {{act: approve, on: a, as: {who}, because: role}}\n"
    )
    assert (told == "") == passes, told


def test_an_action_sets_fields_of_every_kind_and_marks_the_record_checked(session: Sessions) -> None:
    # Six in the morning in Jakarta is still yesterday in UTC.
    then = (
        "then:\n  - value: {a.approved_on: 2026-01-05, a.amount: 4, a.note: setuju, a.checked: true,"
        " a.seen_at: '2026-01-04T23:00:00+00:00'}\n"
    )
    assert failures_of(session, LETTERS, APPROVED + then) == ""


def test_what_a_field_cannot_take_is_left_as_it_was(session: Sessions) -> None:
    full = APPROVED.replace("amount: 3", "amount: 10")
    assert failures_of(session, LETTERS, full + "then:\n  - value: {a.amount: 10, a.note: setuju}\n") == ""


def test_a_permit_expires_by_itself_though_its_record_is_closed(session: Sessions) -> None:
    waiting = APPROVED + "  - wait: P29D\nthen:\n  - state: {a: valid}\n  - clock: {a.valid_for: running}\n"
    assert failures_of(session, LETTERS, waiting) == ""
    over = APPROVED + "  - wait: P31D\nthen:\n  - state: {a: over}\n  - value: {a.overdue: false}\n"
    assert failures_of(session, LETTERS, over) == ""


def test_an_action_of_clocks_alone_is_nobodys(session: Sessions) -> None:
    then = "then:\n  - cannot: {act: expire, on: a, as: chief, because: role}\n"
    assert failures_of(session, LETTERS, APPROVED + then) == ""


def test_a_clock_that_can_be_met_acts_at_its_end_and_stays_missed(session: Sessions) -> None:
    forward = LETTER.replace(
        "then: expire}",
        "then: expire}\n  answer: {within: \"'P2D'\", starts: [submit], met_by: [approve], then: give_up}",
    )
    forward = forward.replace(
        "    expire: {", "    give_up: {from: asked, by: [], sets: {note: \"'lewat'\"}}\n    expire: {"
    )
    files = small_files({"letter": forward})
    waited = (
        SUBMITTED
        + "  - wait: P3D\nthen:\n  - value: {a.note: lewat, a.overdue: true}\n  - clock: {a.answer: breached}\n"
    )
    assert failures_of(session, files, waited) == ""


def test_a_clock_needs_something_that_ends_it() -> None:
    endless = LETTER.replace("starts: [approve], then: expire}", "starts: [approve]}")
    assert codes_of(small_files({"letter": endless})) == {"missing-key"}
