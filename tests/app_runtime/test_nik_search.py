"""Records are found by a NIK: by officials who may open it, and without the number going anywhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.work import nik_search
from lumbung.audit.models import AuditEntry
from lumbung.db import use_tenant
from lumbung.limits import Limit
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, words_of
from tests.lumbung.test_routed_statements import unrouted
from tests.small_app import enable_small, small_files
from tests.statements import statements_of
from tests.world import World

Sessions = scoped_session[Session]
DIGITS, OTHER = "3674010203040005", "3674016203040009"
TYPED = "3674 0102 0304 0005"
LICENCE = """
name: {id: Izin, en: Licence}
number: {pattern: "IZ/{seq:03}"}
title: record.business
fields:
  business: {type: text, required: true, label: {id: Usaha, en: Business}}
  owner:
    type: group
    private: true
    visible_to: [clerk]
    fields: {name: {type: text}, nik: {type: nik, label: {id: NIK, en: NIK}}}
published: "true"
access:
  public: {create: {}, read: {rows: published, fields: [number, business, created_at]}}
  clerk: {read: {rows: all}}
  chief: {read: {rows: all}}
  unit: {read: {rows: agency}}
"""
LIST = """
kind: list
for: public
record: licence
title: {id: Izin, en: Licences}
columns: [business]
"""


@pytest.fixture
def licences(session: Sessions, world: World) -> None:
    """Three licences of two people; the dispatcher is a clerk, who reads their NIK, the handler a chief, who does
    not."""
    files = small_files({"licence": LICENCE}, app_id="izin", pages={"licences": LIST})
    installation = enable_small(session, world, files, roles=[("dispatcher", "clerk"), ("handler", "chief")])
    use_tenant(session, world.tangsel.id)
    for business, nik in (("Kopi", DIGITS), ("Batik", OTHER), ("Bakso", DIGITS)):
        owner = {"name": "Sari", "nik": nik}
        create_record(session, installation, SYSTEM, "licence", {"business": business, "owner": owner}, channel="api")
    session.commit()
    session.remove()


def official(app: LumbungFlask, world: World, person: str) -> Browser:
    return browse(app, world.tangsel.host, world.tangsel.accounts[person])


def test_who_may_open_a_nik_finds_by_it_and_the_log_keeps_why_and_what(
    app: LumbungFlask, session: Sessions, world: World, licences: None, caplog: pytest.LogCaptureFixture
) -> None:
    clerk = official(app, world, "dispatcher")
    asked = clerk.post_form("/work", {"q": TYPED}, to="/work/search")
    assert (asked.status_code, asked.headers["Cache-Control"]) == (200, "no-store")
    assert "Kopi" not in asked.text
    silent = clerk.post_form("/work", {"q": TYPED, "reason": " "}, to="/work/search")
    assert silent.status_code == 422
    assert "Tulis alasan" in words_of(silent)
    with statements_of(app) as sent:
        told = clerk.post_form("/work", {"q": TYPED, "reason": "Pemohon di loket"}, to="/work/search")
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    assert "Kopi" in told.text
    assert "Bakso" in told.text
    assert "Batik" not in told.text
    assert DIGITS not in told.text
    assert [one for statement in sent for one in unrouted(statement)] == []
    use_tenant(session, world.tangsel.id)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "records.nik_searched"))
    assert entry.after is not None
    assert entry.after["reason"] == "Pemohon di loket"
    assert len(entry.after["records"]) == 2
    assert DIGITS not in str(entry.after)
    assert DIGITS not in caplog.text
    session.commit()


def test_who_may_not_read_the_field_learns_nothing(app: LumbungFlask, world: World, licences: None) -> None:
    chief = official(app, world, "handler")
    assert "Kopi" in words_of(chief.get("/work?tab=all"))
    curious = {"reason": "Ingin tahu saja"}
    known, unknown = (
        words_of(chief.post_form("/work", {**curious, "q": nik}, to="/work/search"))
        for nik in (DIGITS, "3674010203040006")
    )
    assert known == unknown
    assert "Tidak ada yang cocok" in known
    elsewhere = browse(app, world.surabaya.host, world.surabaya.accounts["dispatcher"])
    other = elsewhere.post_form("/work", {"q": DIGITS, "reason": "Ingin tahu saja"}, to="/work/search")
    assert "Tidak ada yang cocok" in words_of(other)


def test_words_go_on_to_an_address_and_digits_never_do(app: LumbungFlask, world: World, licences: None) -> None:
    clerk = official(app, world, "dispatcher")
    moved = clerk.post_form("/work", {"q": "Batik", "tab": "all"}, to="/work/search")
    assert (moved.status_code, moved.headers["Location"]) == (303, "/work?tab=all&q=Batik")
    assert "Batik" in words_of(clerk.get("/work?tab=all&q=Batik"))
    # Who puts them into an address by hand finds no links that carry them on.
    assert clerk.get(f"/work?q={DIGITS}").headers["Location"] == "/work"
    assert DIGITS not in clerk.get(f"/work/list?q={DIGITS}").text
    visitor = browse(app, world.tangsel.host)
    listed = visitor.get("/izin/licences")
    assert 'action="/izin/licences/search"' in listed.text
    refused = visitor.post_form("/izin/licences", {"q": DIGITS}, to="/izin/licences/search")
    assert (refused.status_code, refused.headers["Location"]) == (303, "/izin/licences")
    words = visitor.post_form("/izin/licences", {"q": "batik", "sort": "created_at"}, to="/izin/licences/search")
    assert words.headers["Location"] == "/izin/licences?q=batik&sort=created_at"
    assert visitor.get(f"/izin/licences?q={DIGITS}").headers["Location"] == "/izin/licences"
    reason = {"q": DIGITS, "reason": "Pemohon di loket"}
    found = clerk.post_form("/izin/licences", reason, to="/izin/licences/search")
    assert "Kopi" in found.text


def test_sixteen_digits_that_are_no_nik_find_what_words_would(
    app: LumbungFlask, world: World, licences: None, session: Sessions
) -> None:
    clerk = official(app, world, "dispatcher")
    none = clerk.post_form("/work", {"q": "9" * 16, "reason": "Pemohon di loket"}, to="/work/search")
    assert "Tidak ada yang cocok" in words_of(none)


def test_whoever_tries_numbers_is_stopped(
    app: LumbungFlask, world: World, licences: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nik_search, "SEARCHED_BY_MEMBER", Limit("nik-searches-tried", size=2, seconds=3600))
    clerk = official(app, world, "dispatcher")
    reason = {"q": DIGITS, "reason": "Pemohon di loket"}
    answers = [clerk.post_form("/work", reason, to="/work/search").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
