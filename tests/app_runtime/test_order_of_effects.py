"""What one effect has written, the next one sees; and a moment comes to those records only that wait for it."""

from __future__ import annotations

import pytest

from tests.app_runtime.stage import Sessions
from tests.small_app import failures_of, small_files

CASE = """
name: {id: Berkas, en: Case}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  base: {type: integer, label: {id: Dasar, en: Base}}
  fee: {type: integer, computed: record.base * 2, label: {id: Biaya, en: Fee}}
  charged: {type: integer, label: {id: Ditagih, en: Charged}}
  reminded: {type: integer, label: {id: Diingatkan, en: Reminded}}
  seen: {type: boolean, label: {id: Dilihat, en: Seen}}
  large: {type: boolean, label: {id: Besar, en: Large}}
access: {clerk: {create: {fields: [subject]}, read: {rows: all}}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    kept: {label: {id: Disimpan, en: Kept}, end: success}
  actions:
    charge: {from: open, by: [clerk], asks: {base: {required: true}}, sets: {charged: record.fee}}
    raise: {from: open, by: [clerk]}
    keep: {from: open, to: kept, by: [clerk]}
automations:
  up: {on: action.raise, set: {base: "50"}}
  mark: {on: action.raise, when: record.fee >= 100, set: {large: "true"}}
  remind: {on: {schedule: daily, at: "07:00"}, set: {reminded: record.reminded + 1}}
  review: {on: {schedule: daily, at: "07:00"}, states: [kept], set: {seen: "true"}}
"""
FILES = small_files({"case": CASE}, app_id="berkas")
CREATED = """
given: {calendar: {start: 2026-01-05T08:00+07:00}}
when:
  - create: {as: clerk, record: case, id: a, values: {subject: Izin}}
"""


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        pytest.param("action: charge, values: {base: 7}", "{a.fee: 14, a.charged: 14}", id="asked, then set"),
        pytest.param("action: raise", "{a.fee: 100, a.large: true}", id="set, then looked at"),
    ],
)
def test_what_is_worked_out_follows_before_the_next_is_set(session: Sessions, steps: str, found: str) -> None:
    scenario = f"{CREATED}  - act: {{as: clerk, on: a, {steps}}}\nthen:\n  - value: {found}\n"
    assert failures_of(session, FILES, scenario) == ""


def test_a_schedule_without_states_does_not_come_to_closed_records_beside_one_that_names_them(
    session: Sessions,
) -> None:
    kept = f"{CREATED}  - act: {{as: clerk, on: a, action: keep}}\n  - wait: P2D\n"
    assert failures_of(session, FILES, f"{kept}then:\n  - value: {{a.seen: true, a.reminded: 0}}\n") == ""
