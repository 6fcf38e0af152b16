"""What packages easily get wrong about actions and conditions is told, with what would be right."""

from __future__ import annotations

import pytest

from tests.small_app import codes_of, report_of, small_files

LETTER = """
name: {id: Surat, en: Letter}
title: record.about
fields:
  about: {type: text, required: true, label: {id: Perihal, en: About}}
  note: {type: text, visible_when: record.about == 'x', label: {id: Catatan, en: Note}}
access:
  clerk: {create: {}, read: {rows: all}}
  chief: {read: {rows: all}}
workflow:
  start: draft
  states:
    draft: {label: {id: Konsep, en: Draft}}
    ready: {label: {id: Siap, en: Ready}}
    signed: {label: {id: Ditandatangani, en: Signed}, end: success}
  actions:
    judge: {label: {id: Periksa, en: Judge}, from: draft, by: [clerk], asks: {note: {visible_when: record.about != ''}}}
    pass: {label: {id: Lolos, en: Pass}, from: draft, to: ready, by: []}
    sign: {label: {id: Tanda tangani, en: Sign}, from: ready, to: signed, by: [chief], not_by: [judge]}
automations:
  passed: {on: judge, act: pass}
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("not_by: [judge]", "not_by: [judge, pass]", "not-by-nobody"),
        ("visible_when: record.about == 'x'", "visible_when: record.note == ''", "hides-itself"),
        ("visible_when: record.about != ''", "visible_when: record.note != 'a'", "hides-itself"),
    ],
)
def test_what_does_nothing_or_drops_an_answer_is_a_warning(old: str, new: str, code: str) -> None:
    assert code not in codes_of(small_files({"letter": LETTER}), "warning")
    changed = small_files({"letter": LETTER.replace(old, new)})
    assert codes_of(changed) == set()
    assert code in codes_of(changed, "warning")


def test_answers_in_a_when_are_refused_with_where_they_are_known() -> None:
    files = small_files({"letter": LETTER.replace("by: [clerk], asks", "by: [clerk], when: asks.note != '', asks")})
    found = [problem for problem in report_of(files).errors if problem.code == "expression-unknown-name"]
    assert len(found) == 1
    assert "before anything is asked" in found[0].format("en")
