"""What an action asks begins with what stands there already, else with the default that its package gives."""

from __future__ import annotations

from sqlalchemy import select

from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.records.niks import open_sealed
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.test_children_together import actor
from tests.browsing import browse, find_form
from tests.small_app import enable_small, small_files
from tests.world import World

LETTER = """
name: {id: Surat, en: Letter}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  pages: {type: integer, label: {id: Halaman, en: Pages}}
access: {clerk: {create: {fields: [subject]}, read: {rows: all}}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    kept: {label: {id: Disimpan, en: Kept}, end: success}
  actions:
    keep:
      from: open
      to: kept
      by: [clerk]
      asks:
        code: {type: text, default: "005", label: {id: Kode, en: Code}}
        urgency: {type: choice, options: {plain: {id: Biasa, en: Plain}, quick: {id: Segera, en: Quick}}, default: quick, label: {id: Sifat, en: Urgency}}
        reply: {type: boolean, default: true, label: {id: Perlu jawaban, en: Needs an answer}}
        pages: {default: "3"}
"""  # noqa: E501


def test_an_action_begins_with_its_defaults(app: LumbungFlask, session: Sessions, world: World) -> None:
    installation = enable_small(session, world, small_files({"letter": LETTER}), roles=[("admin", "clerk")])
    with as_tenant(session, world.tangsel.id):
        made = create_record(
            session, installation, actor(session, world, installation, "admin"), "letter", {"subject": "Undangan"}
        )
        session.commit()
        path = f"/work/surat/{made.record.id}"
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    form = find_form(clerk.get(path).text, f"{path}/act/keep", page_path=path)
    assert form is not None
    assert (form.fields["keep.code"], form.fields["keep.urgency"]) == ("005", "quick")
    assert form.fields["keep.reply"] not in ("", "0", "false")
    assert clerk.post_form(path, to=f"{path}/act/keep").status_code == 303
    with as_tenant(session, world.tangsel.id):
        assert session.scalars(select(Record.state)).all() == ["kept"]


CASE = """
name: {id: Berkas, en: Case}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  answer: {type: long_text, label: {id: Jawaban, en: Answer}}
  units: {type: choices, options: {a: {id: A, en: A}, b: {id: B, en: B}}, label: {id: Bidang, en: Units}}
  nik: {type: nik, label: {id: NIK, en: NIK}}
  secret: {type: text, visible_to: [chief], label: {id: Rahasia, en: Secret}}
access: {clerk: {create: {}, read: {rows: all}}, chief: {read: {rows: all}}}
workflow:
  start: open
  states: {open: {label: {id: Terbuka, en: Open}}, kept: {label: {id: Disimpan, en: Kept}, end: success}}
  actions:
    note: {from: open, by: [clerk], asks: {answer: {}, units: {}, nik: {}, secret: {}}}
    keep: {from: open, to: kept, by: [clerk]}
"""
NIK = "3674010203040005"


def test_what_stands_in_a_field_stands_in_the_ask_that_sets_it(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation = enable_small(session, world, small_files({"letter": CASE}), roles=[("admin", "clerk")])
    stored = {"subject": "Izin", "answer": "Sedang dilihat", "units": ["b"], "nik": NIK, "secret": "Tertutup"}
    with as_tenant(session, world.tangsel.id):
        made = create_record(session, installation, SYSTEM, "letter", stored, channel="api").record
        session.commit()
        path = f"/work/surat/{made.id}"
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    form = find_form(clerk.get(path).text, f"{path}/act/note", page_path=path)
    assert form is not None
    shown = {name: form.fields[f"note.{name}"] for name in ("answer", "nik", "secret")}
    assert shown == {"answer": "Sedang dilihat", "nik": "3674************", "secret": ""}
    assert clerk.post_form(path, to=f"{path}/act/note").status_code == 303
    assert now_is(session, world) == (stored | {"nik": NIK})
    # Whoever empties what was shown takes it away; what was not shown stays.
    emptied = {"note.answer": "", "note.nik": "", "note.units": ""}
    assert clerk.post_form(path, emptied, to=f"{path}/act/note").status_code == 303
    assert now_is(session, world) == {"subject": "Izin", "secret": "Tertutup", "nik": None}


def now_is(session: Sessions, world: World) -> dict[str, object]:
    """All that the one record holds, its number in the clear."""
    with as_tenant(session, world.tangsel.id):
        record = session.scalars(select(Record).execution_options(populate_existing=True)).one()
        return {**record.data, "nik": open_sealed(record, "nik")}
