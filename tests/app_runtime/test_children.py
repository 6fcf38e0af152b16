"""Parallel work: a letter goes to several units at once, and is done when all of them are."""

from __future__ import annotations

from tests.app_runtime.stage import Sessions
from tests.small_app import codes_of, failures_of, small_files

LETTER = """
name: {id: Surat, en: Letter}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  to: {type: agency, label: {id: Tujuan, en: For}}
  report: {type: text, label: {id: Hasil, en: Result}}
access:
  clerk: {create: {fields: [subject]}, read: {rows: all}}
  chief: {read: {rows: all}}
  unit: {read: {rows: [agency, shared], fields: [subject, number]}}
workflow:
  start: received
  states:
    received: {label: {id: Diterima, en: Received}}
    routed: {label: {id: Didisposisi, en: Routed}}
    answered: {label: {id: Ditindaklanjuti, en: Followed up}}
    filed: {label: {id: Diarsipkan, en: Filed}, end: success}
  actions:
    route:
      from: received
      to: routed
      by: [chief]
      asks: {instruction: {type: text, required: true, label: {id: Perintah, en: Instruction}}}
      fan_out:
        record: disposition
        per: settings.units
        with: {unit: each, instruction: asks.instruction, about: record.subject}
    add:
      from: routed
      by: [chief]
      asks: {to: {required: true}}
      fan_out: {record: disposition, per: to, with: {instruction: "'Tambahan'"}}
    collect: {from: routed, to: answered, by: [], sets: {report: "'semua selesai'"}}
    file: {from: [routed, answered], to: filed, by: [clerk], when: children.disposition.done}
children:
  disposition: {record: disposition, done_when: all}
automations:
  ready: {on: children.disposition.done, act: collect}
"""
DISPOSITION = """
name: {id: Disposisi, en: Disposition}
title: record.about
fields:
  about: {type: text, label: {id: Perihal, en: About}}
  unit: {type: choice, options: settings.units, label: {id: Bidang, en: Unit}}
  instruction: {type: text, label: {id: Perintah, en: Instruction}}
  to: {type: agency, label: {id: Diteruskan ke, en: Handed to}}
agency: "settings.units[record.unit].agency"
access:
  chief: {read: {rows: all}}
  unit: {read: {rows: agency}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    done: {label: {id: Selesai, en: Done}, end: success}
  actions:
    finish: {from: open, to: done, by: [unit]}
    again: {from: done, to: open, by: [chief]}
    move: {from: open, by: [chief], asks: {agency: {type: agency, required: true}}}
    deeper:
      from: open
      by: [unit]
      asks: {to: {required: true}}
      fan_out: {record: disposition, per: to, with: {about: record.about}}
"""
SETTINGS = """
settings:
  units:
    type: table
    label: {id: Bidang, en: Units}
    columns: {name: {type: text, required: true}, agency: {type: agency, required: true}}
    default: {lights: {name: {id: Lampu}, agency: dishub}, rubbish: {name: {id: Sampah}, agency: dlh}}
"""
FILES = small_files({"letter": LETTER, "disposition": DISPOSITION}, app=SETTINGS)
ROUTED = """
given: {calendar: {start: 2026-01-05T08:00+07:00}}
when:
  - create: {as: clerk, record: letter, id: a, values: {subject: Undangan rapat}}
  - act: {as: chief, on: a, action: route, values: {instruction: Hadiri}}
"""
FIRST, SECOND = (f"  - act: {{as: unit, on: 'a.disposition[{n}]', action: finish}}\n" for n in (1, 2))


def test_one_child_is_opened_for_each_row_with_what_the_action_was_told(session: Sessions) -> None:
    then = """
then:
  - count: {disposition: 2}
  - value:
      a.disposition[1].instruction: Hadiri
      a.disposition[1].about: Undangan rapat
      a.disposition[1].agency: dishub
      a.disposition[2].unit: rubbish
      a.disposition[2].agency: dlh
  - state: {'a.disposition[1]': open, a: routed}
  - cannot: {act: file, on: a, as: clerk, because: condition}
"""
    assert failures_of(session, FILES, ROUTED + then) == ""


def test_the_parent_moves_on_once_the_last_child_is_closed(session: Sessions) -> None:
    half = (
        ROUTED
        + FIRST
        + "then:\n  - state: {a: routed}\n  - cannot: {act: file, on: a, as: clerk, because: condition}\n"
    )
    assert failures_of(session, FILES, half) == ""
    whole = ROUTED + FIRST + SECOND + "then:\n  - state: {a: answered}\n  - value: {a.report: semua selesai}\n"
    assert failures_of(session, FILES, whole) == ""


def test_a_child_that_is_opened_again_holds_the_parent_back(session: Sessions) -> None:
    again = "  - act: {as: chief, on: 'a.disposition[2]', action: again}\n"
    then = "then:\n  - state: {a: answered}\n  - cannot: {act: file, on: a, as: clerk, because: condition}\n"
    assert failures_of(session, FILES, ROUTED + FIRST + SECOND + again + then) == ""


def test_a_child_that_goes_round_without_end_still_tells_its_parent(session: Sessions) -> None:
    swinging = DISPOSITION.replace(
        "    done: {label: {id: Selesai, en: Done}, end: success}\n",
        "    done: {label: {id: Selesai, en: Done}, end: success}\n"
        "    kept: {label: {id: Simpan, en: Kept}, end: other}\n",
    )
    swinging += "    swing: {from: done, to: kept, by: []}\n    back: {from: kept, to: done, by: []}\n"
    swinging += "automations: {one: {on: state.done, act: swing}, two: {on: state.kept, act: back}}\n"
    files = small_files({"letter": LETTER, "disposition": swinging}, app=SETTINGS)
    assert failures_of(session, files, f"{ROUTED}{FIRST}{SECOND}then:\n  - state: {{a: answered}}\n") == ""


def test_any_child_is_enough_where_the_package_says_so(session: Sessions) -> None:
    files = small_files(
        {"letter": LETTER.replace("done_when: all", "done_when: any"), "disposition": DISPOSITION}, app=SETTINGS
    )
    assert failures_of(session, files, ROUTED + FIRST + "then:\n  - state: {a: answered}\n") == ""


def test_a_unit_reads_the_letter_as_long_as_it_holds_a_disposition_of_it(session: Sessions) -> None:
    sees = "then:\n  - sees: {as: unit, on: a, fields: [subject]}\n  - hidden: {as: unit, on: a, fields: [report]}\n"
    assert failures_of(session, FILES, ROUTED + sees) == ""
    before = ROUTED.rsplit("  - act", 1)[0]
    assert failures_of(session, FILES, before + "then:\n  - hidden: {as: unit, on: a}\n") == ""


def test_children_open_children_and_all_above_are_shared(session: Sessions) -> None:
    deeper = "  - act: {as: unit, on: 'a.disposition[1]', action: deeper, values: {to: bappeda}}\n"
    then = """
then:
  - value: {'a.disposition[1].disposition.agency': bappeda, 'a.disposition[1].disposition.about': Undangan rapat}
  - count: {disposition: 3}
"""
    assert failures_of(session, FILES, ROUTED + deeper + then) == ""


def test_an_agency_may_be_chosen_one_by_one(session: Sessions) -> None:
    added = "  - act: {as: chief, on: a, action: add, values: {to: bappeda}}\n"
    then = "then:\n  - value: {'a.disposition[3].agency': bappeda, 'a.disposition[3].instruction': Tambahan}\n"
    assert failures_of(session, FILES, ROUTED + added + then) == ""


def test_wrong_words_about_children_are_named() -> None:
    wrong = {
        "per: settings.units": ("per: settings.bidang", "unknown-table"),
        "{record: disposition, per: to": ("{record: disposisi, per: to", "unknown-record"),
        "per: to, with": ("per: subject, with", "fan-out-source"),
        "with: {unit: each": ("with: {nothing: each", "unknown-settable"),
        "asks.instruction": ("asks.perintah", "expression-unknown-name"),
        "when: children.disposition.done": ("when: children.disposition.finished", "expression-unknown-name"),
        "on: children.disposition.done": ("on: children.visit.done", "unknown-children"),
        "automations:": ("  second: {record: disposition}\nautomations:", "children-twice"),
    }
    for old, (new, code) in wrong.items():
        assert old in LETTER, old
        files = small_files({"letter": LETTER.replace(old, new, 1), "disposition": DISPOSITION}, app=SETTINGS)
        assert code in codes_of(files), (new, codes_of(files))
