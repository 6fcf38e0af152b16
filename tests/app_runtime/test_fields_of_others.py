"""A field that whoever makes a record does not fill in is refused by the rule that says so."""

from __future__ import annotations

from tests.app_runtime.stage import Sessions
from tests.small_app import failures_of, small_files

LETTER = """
name: {id: Surat, en: Letter}
title: record.about
fields:
  about: {type: text, required: true, label: {id: Perihal, en: About}}
  village: {type: text, label: {id: Kelurahan, en: Village}}
access:
  public: {create: {fields: [about]}}
  clerk: {read: {rows: all}, update: {fields: all}}
"""


def test_the_refusal_names_the_role_and_the_rule(session: Sessions) -> None:
    files = small_files({"letter": LETTER})
    story = """
    when:
      - create: {as: public, record: letter, values: {about: Undangan, village: Serua}}
    then:
      - count: {letter: 0}
    """
    told = failures_of(session, files, story)
    assert "public may not fill in “village” (access.public.create.fields)." in told
    story = """
    when: [{create: {as: public, record: letter, values: {about: Undangan}}}]
    then:
      - count: {letter: 1}
      - cannot: {create: letter, as: public, because: invalid, values: {about: Undangan, village: Serua}}
    """
    assert failures_of(session, files, story) == ""
