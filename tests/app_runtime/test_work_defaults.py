"""What an action asks begins with the default that its package gives."""

from __future__ import annotations

from sqlalchemy import select

from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
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
