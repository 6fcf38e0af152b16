"""Personal data are erased when their retention is over, once, audited, and told to administrators beforehand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.holding.models import RecordKey
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.landmarks import keep_landmark, landmark_of
from app_runtime.records.models import Record
from app_runtime.retention.services import erase_expired, list_kept
from app_runtime.workflow.acting import take_action
from lumbung.audit.models import AuditEntry
from lumbung.db import set_clock, use_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.pagu import PLANNER, enable_pagu, make
from tests.small_app import enable_small, small_files
from tests.world import World

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
VISIT = {"clinic": "serpong", "date": "2026-03-02", "session": "noon", "phone": "+6281234567890"}


@pytest.fixture
def pagu(session: Sessions, world: World) -> Installation:
    """Pagu in Tangsel with three visits: one over, one over later, one still open."""
    enable_pagu(session, world)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    for day, person in enumerate(("Sari", "Budi", "Joko")):
        with set_clock(START + timedelta(days=10 * day)):
            record = make(session, installation, "visit", person=person, **VISIT | {"date": f"2026-03-0{day + 2}"})
            if person != "Joko":
                take_action(session, record, PLANNER, "finish", {})
    session.commit()
    return installation


def visit(session: Sessions, day: int) -> Record:
    """The visit of a day."""
    return session.scalars(select(Record).where(Record.data["date"].astext == f"2026-03-0{day}")).one()


def test_what_is_over_is_erased_once_and_the_rest_stays(session: Sessions, pagu: Installation) -> None:
    with set_clock(START + YEAR - timedelta(seconds=1)):
        assert erase_expired(session) == 0
    with set_clock(START + YEAR):
        assert erase_expired(session) == 1
        session.commit()
        assert erase_expired(session) == 0
    first, second, still_open = (visit(session, day) for day in (2, 3, 4))
    assert (first.private, first.tracking_digest, first.title) == ({}, None, "")
    assert first.data["clinic"] == "serpong"
    assert first.state == "done"
    assert second.private["person"] == "Budi"
    rules = session.scalars(select(RecordKey.rule).where(RecordKey.record_id == first.id)).all()
    assert rules == ["capacity.seat"]
    with set_clock(START + 3 * YEAR):
        assert erase_expired(session) == 1
    session.commit()
    assert still_open.private["person"] == "Joko"
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.erased")).all()
    assert [(row.after or {})["records"] for row in told] == [1, 1]


def test_administrators_are_told_what_will_be_erased_when(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation
) -> None:
    del pagu
    with set_clock(START + YEAR - timedelta(days=5)):
        (kept,) = list_kept(session)
    assert (kept.held, kept.open, kept.due, kept.soon, kept.next_at) == (3, 1, 0, 2, START + YEAR)
    session.commit()
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    page = admin.get("/manage/retention").text
    assert "Memesan tempat" in page
    assert "1 tahun sejak kegiatan terakhir" in page
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert handler.get("/manage/retention").status_code == 403


PERSON = """
name: {id: Warga, en: Person}
title: record.greeting
fields:
  person: {type: text, private: true, required: true, label: {id: Nama, en: Name}}
  about: {type: text, label: {id: Perihal, en: About}}
  greeting: {type: text, computed: "'Bapak/Ibu ' + record.person", label: {id: Sapaan, en: Greeting}}
  letter: {type: text, computed: "record.greeting + ': ' + record.about", label: {id: Surat, en: Letter}}
  loud: {type: text, computed: "record.about + '!'", label: {id: Seruan, en: Call}}
access: {clerk: {create: {}, read: {rows: all}}}
"""
KEPT = "personal_data: {purpose: {id: Menyapa, en: Greeting}, basis: public-task, retention: P1Y}\n"


def test_what_was_worked_out_of_personal_values_goes_with_them(session: Sessions, world: World) -> None:
    installation = enable_small(session, world, small_files({"person": PERSON}, app=KEPT, app_id="warga"))
    use_tenant(session, world.tangsel.id)
    with set_clock(START):
        record = make(session, installation, "person", person="Sari", about="Undangan")
        session.commit()
    assert (record.title, record.data["letter"]) == ("Bapak/Ibu Sari", "Bapak/Ibu Sari: Undangan")
    with set_clock(START + YEAR + timedelta(days=1)):
        assert erase_expired(session) == 1
        session.commit()
    session.refresh(record)
    assert record.data == {"about": "Undangan", "loud": "Undangan!"}
    assert "Sari" not in f"{record.title} {record.search_text}"


PATIENT = """
name: {id: Pasien, en: Patient}
title: record.about
fields:
  about: {type: text, label: {id: Perihal, en: About}}
  home: {type: point, private: true, label: {id: Rumah, en: Home}}
  born: {type: integer, private: true, label: {id: Tahun lahir, en: Year of birth}}
  age: {type: integer, computed: 2026 - record.born, indexed: true, label: {id: Umur, en: Age}}
access:
  public: {create: {}}
  clerk: {read: {rows: all}}
"""


def test_erasing_forgets_where_somebody_lives_and_what_was_worked_out_of_them(session: Sessions, world: World) -> None:
    personal = "personal_data: {purpose: {id: Merawat, en: Care}, basis: consent, retention: P1Y}\n"
    installation = enable_small(session, world, small_files({"patient": PATIENT}, app=personal, app_id="klinik"))
    use_tenant(session, world.tangsel.id)
    with set_clock(START):
        values = {"about": "Kontrol", "home": [106.7, -6.3], "born": 1980}
        record = make(session, installation, "patient", **values)
        keep_landmark(record, "home", "Sebelah masjid")
        session.commit()
        assert [record.place_lon, record.place_lat] == [106.7, -6.3]

    def ages() -> list[str]:
        entries = select(IndexEntry.text).where(IndexEntry.record_id == record.id, IndexEntry.name == "patient.age")
        return list(session.scalars(entries))

    assert ages() == ["46"]
    with set_clock(START + YEAR):
        assert erase_expired(session) == 1
    session.commit()
    session.expire_all()
    assert [record.place_lon, record.place_lat, landmark_of(record, "home")] == [None, None, ""]
    assert (record.private, record.data.get("age"), ages()) == ({}, None, [""])
