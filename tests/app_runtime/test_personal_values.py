"""Personal values stay where erasure and the reader's role find them, whatever a package makes of them."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.holding.models import RecordKey
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import RecordHistory
from app_runtime.records.permissions import title_fields
from app_runtime.records.rule_errors import _teller
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant
from lumbung.errors import Conflict
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.small_app import codes_of, enable_small, small_definition, small_files
from tests.world import World

RECORD = """
name: {{id: Berkas, en: Entry}}
number: {{pattern: "B/{{seq:03}}"}}
title: record.about
fields:
  about: {{type: text, label: {{id: Tentang, en: About}}}}
  name: {{type: text, private: true, label: {{id: Nama, en: Name}}}}
  nik: {{type: nik, label: {{id: NIK, en: NIK}}}}
{fields}
access: {{clerk: {{create: {{}}, read: {{rows: all}}}}}}
{more}
"""
ROWS = "settings: {x: {type: table, label: {id: X, en: X}, columns: {n: {type: integer}}, default: {a: {n: 1}}}}"
SECRET = "Budi Rahasia (0812"


def enabled(session: Sessions, world: World, *, fields: str = "", more: str = "", app: str = "") -> Installation:
    """An app whose records have these fields as well."""
    return enable_small(session, world, small_files({"entry": RECORD.format(fields=fields, more=more)}, app=app))


def test_what_cannot_be_worked_out_is_told_without_the_value(session: Sessions, world: World) -> None:
    made_of_it = {
        "a": ("integer", "settings.x[record.name].n"),
        "b": ("integer", "int(record.name)"),
        "c": ("email", "record.name"),
        "d": ("duration", "record.name"),
        "e": ("integer", "{'a': 1}[record.name]"),
        "f": ("boolean", "record.name.matches(record.name)"),
    }
    fields = "\n".join(
        f'  {name}: {{type: {kind}, private: true, computed: "{source}", label: {{id: X, en: X}}}}'
        for name, (kind, source) in made_of_it.items()
    )
    app = enabled(session, world, fields=fields, app=ROWS)
    _teller.told.clear()
    with as_tenant(session, world.tangsel.id), structlog.testing.capture_logs() as lines:
        create_record(session, app, SYSTEM, "entry", {"name": SECRET})
        kept = session.scalars(select(RecordHistory).where(RecordHistory.kind == "rule_error")).all()
        told = {row.name: row.changes["error"] for row in kept}
    assert {f"{name}.computed" for name in made_of_it} == set(told)
    assert all(told.values())
    assert not [text for text in [*map(str, lines), *told.values()] if "Budi" in text or "0812" in text]


def test_two_people_of_one_region_are_two_and_the_same_person_is_one(session: Sessions, world: World) -> None:
    app = enabled(session, world, more="unique: {person: [nik]}")
    with as_tenant(session, world.tangsel.id):
        for nik in ("3674010203040005", "3674016203040009"):
            create_record(session, app, SYSTEM, "entry", {"nik": nik})
        with pytest.raises(Conflict) as refused:
            create_record(session, app, SYSTEM, "entry", {"nik": "3674 0102 0304 0005"})
        kept = session.scalars(select(RecordKey.key)).all()
    assert refused.value.details["because"] == "duplicate"
    assert not [key for key in kept if "3674" in key]


def test_a_title_that_was_made_of_a_private_value_before_is_private_too(session: Sessions, world: World) -> None:
    files = small_files({"entry": RECORD.format(fields="", more="").replace("record.about", "old.name")})
    assert title_fields(small_definition(files).records["entry"]) == {"name"}


GROUP = """
  who:
    type: group
    label: {id: Pemohon, en: Applicant}
    fields: {name: {type: text, label: {id: Nama, en: Name}}, phone: {type: phone, KEY, label: {id: HP, en: Phone}}}
"""
ASKED = """
workflow:
  start: open
  states: {open: {label: {id: Terbuka, en: Open}}}
  actions:
    hand:
      from: open
      by: [clerk]
      asks: {note: {type: text, visible_to: [chief], label: {id: Catatan, en: Note}}}
"""


def test_a_group_is_as_private_as_its_most_private_member(session: Sessions, world: World) -> None:
    files = small_files({"entry": RECORD.format(fields=GROUP.replace("KEY", "private: true"), more="")})
    assert small_definition(files).records["entry"].fields["who"].private
    shown = files["records/entry.yaml"].replace(b"{clerk:", b"{public: {read: {rows: all, fields: [who]}}, clerk:")
    assert "private-field-public" in codes_of({**files, "records/entry.yaml": shown})


def test_a_member_for_one_role_is_not_shown_to_another(app: LumbungFlask, session: Sessions, world: World) -> None:
    fields = GROUP.replace("KEY", "visible_to: [chief]")
    record = RECORD.format(fields=fields, more=ASKED).replace("{clerk:", "{chief: {read: {rows: all}}, clerk:")
    roles = [("handler", "clerk"), ("dispatcher", "chief")]
    installation = enable_small(session, world, small_files({"entry": record}), roles=roles)
    with as_tenant(session, world.tangsel.id):
        who = {"name": "Sari", "phone": "0812 3456 7890"}
        made = create_record(session, installation, SYSTEM, "entry", {"who": who}, channel="api").record
        take_action(session, made, SYSTEM, "hand", {"note": "Hati-hati"})
        session.commit()
    pages = {
        person: browse(app, world.tangsel.host, world.tangsel.accounts[person]).get(f"/work/surat/{made.id}").text
        for person in ("handler", "dispatcher")
    }
    assert [text in pages["handler"] for text in ("+62", "Sari", "Hati-hati")] == [False, False, False]
    assert [text in pages["dispatcher"] for text in ("+62", "Sari", "Hati-hati")] == [True, True, True]
