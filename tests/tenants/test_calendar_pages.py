"""`/manage/calendar`: office hours, days off, national days, CSV and the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.db import use_tenant
from lumbung.web.sites import LumbungFlask
from tenants.calendars.changes import add_day_off, list_days_off, take_days_off
from tenants.calendars.models import CalendarDay
from tenants.calendars.national import national_year
from tenants.calendars.national_import import import_national_days, preview_national_days
from tenants.calendars.services import load_calendar
from tenants.calendars.working_time import DayOff
from tenants.municipalities.models import Municipality
from tests.browsing import Browser, browse, words_of
from tests.world import World

AnySession = scoped_session[Session]
PAGE = "/manage/calendar"
ANNIVERSARY = {"day": "2026-11-26", "name": "HUT Kota", "kind": "local", "source": "Keputusan Wali Kota 1/2026"}
TABLE = "date,name,kind,source\n2026-11-26,HUT Kota,local,Keputusan 1\n2026-12-24,Cuti Natal,joint_leave,SKB 2026\n"


@pytest.fixture
def admin(app: LumbungFlask, session: AnySession, world: World) -> Browser:
    """Tangsel's admin; the session belongs to Tangsel."""
    use_tenant(session, world.tangsel.id)
    return browse(app, world.tangsel.host, world.tangsel.accounts["admin"])


def decided_year() -> int:
    return next(year for year in range(2026, 2015, -1) if national_year(year).decided)


def undecided_year() -> int:
    return next(year for year in range(2026, 2070) if not national_year(year).decided)


def test_office_hours_with_a_break_become_two_openings(admin: Browser, session: AnySession) -> None:
    answer = admin.post_form(
        PAGE,
        {"d4.pause_from": "11:30", "d4.pause_to": "13:00", "d5.opens": "08.00", "d5.closes": "12:00"},
        to=f"{PAGE}/hours",
    )
    assert answer.status_code == 303
    session.expire_all()
    calendar = load_calendar(session)
    assert calendar.weekly[4] == ((time(8), time(11, 30)), (time(13), time(16)))
    assert calendar.weekly[5] == ((time(8), time(12)),)
    assert 6 not in calendar.weekly
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "calendar.hours")).one()
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["4"], entry.after["4"]) == (["08:00-16:00"], ["08:00-11:30", "13:00-16:00"])
    assert 'value="11:30"' in admin.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"d0.closes": ""}, "jam buka dan jam tutup"),
        ({"d0.closes": "07:00"}, "sesudah jam buka"),
        ({"d0.pause_from": "12:00"}, "Istirahat harus"),
        ({"d0.pause_from": "12:00", "d0.pause_to": "17:00"}, "Istirahat harus"),
        ({"d0.opens": "pagi"}, "Tulis jam"),
        ({f"d{day}.{part}": "" for day in range(7) for part in ("opens", "closes")}, "sedikitnya satu hari"),
    ],
)
def test_wrong_office_hours_are_explained_and_kept(admin: Browser, changes: dict[str, str], said: str) -> None:
    answer = admin.post_form(PAGE, {"d1.opens": "07:15", **changes}, to=f"{PAGE}/hours")
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "d1.opens" in changes or 'value="07:15"' in answer.text


def test_a_day_off_is_added_changed_and_removed(admin: Browser, session: AnySession) -> None:
    assert admin.post_form(f"{PAGE}/days/new", ANNIVERSARY).status_code == 303
    assert "HUT Kota" in words_of(admin.get(f"{PAGE}?year=2026"))
    found = session.scalars(select(CalendarDay)).one()
    page = f"{PAGE}/days/{found.id}"
    assert admin.post_form(page, {"name": "HUT ke-18"}).status_code == 303
    session.expire_all()
    assert load_calendar(session).days_off[date(2026, 11, 26)].name == "HUT ke-18"
    assert admin.post_form(page, to=f"{page}/remove").status_code == 303
    session.expire_all()
    assert load_calendar(session).days_off == {}
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("calendar.day"))).all()
    assert sorted(actions) == ["calendar.day_added", "calendar.day_changed", "calendar.day_removed"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": "2026-02-30"}, "tanggal yang ada"),
        ({"day": ""}, "belum diisi"),
        ({"day": "1999-01-01"}, "antara 2000 dan 2100"),
        ({"name": ""}, "belum diisi"),
        ({"kind": "holiday"}, "Pilih salah satu"),
        ({"source": ""}, "belum diisi"),
        ({"day": "2026-12-25"}, "sudah ada di kalender"),
    ],
)
def test_a_wrong_day_off_is_explained_and_kept(
    admin: Browser, session: AnySession, changes: dict[str, str], said: str
) -> None:
    add_day_off(session, date(2026, 12, 25), DayOff("Natal", "national", "SKB"))
    session.commit()
    answer = admin.post_form(f"{PAGE}/days/new", {**ANNIVERSARY, **changes})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "name" in changes or "HUT Kota" in answer.text


def test_moving_a_day_onto_another_is_refused(admin: Browser, session: AnySession) -> None:
    add_day_off(session, date(2026, 12, 25), DayOff("Natal", "national", "SKB"))
    other = add_day_off(session, date(2026, 12, 24), DayOff("Cuti", "joint_leave", "SKB"))
    session.commit()
    assert admin.post_form(f"{PAGE}/days/{other.id}", {"day": "2026-12-25"}).status_code == 422


def test_national_days_are_shown_before_they_are_taken(admin: Browser, session: AnySession) -> None:
    year = decided_year()
    path = f"{PAGE}/national?year={year}"
    assert f"Sudah ditetapkan untuk {year}" in words_of(admin.get(path))
    assert session.scalars(select(CalendarDay)).all() == []
    assert admin.post_form(path, to=f"{PAGE}/national", data={"year": str(year)}).status_code == 303
    session.expire_all()
    assert len(list_days_off(session, year)) == len(national_year(year).days)
    assert "Kalender sudah sesuai" in words_of(admin.get(path))


def test_a_year_without_a_decree_says_so(admin: Browser) -> None:
    words = words_of(admin.get(f"{PAGE}/national?year={undecided_year()}"))
    assert "belum ditetapkan" in words
    assert "Perkiraan" in words


def test_an_import_corrects_its_own_days_and_leaves_local_ones(session: AnySession, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    year = decided_year()
    first, second = national_year(year).days[:2]
    add_day_off(session, first.day, DayOff("Milik daerah", "local", "Keputusan 1"))
    add_day_off(session, second.day, DayOff("Nama lama", "national", "SKB lama"))
    estimate = "Perkiraan: SKB Tiga Menteri untuk tahun ini belum dimuat"
    free = date(year, 2, 27)
    add_day_off(session, free, DayOff("Perkiraan yang bergeser", "national", estimate))
    done = import_national_days(session, year)
    assert [old.name for old in done.removed] == ["Perkiraan yang bergeser"]
    names = {day.day: day.name for day in list_days_off(session, year)}
    assert free not in names
    assert names[first.day] == "Milik daerah"
    assert names[second.day] == second.name.id
    assert preview_national_days(session, year).nothing_to_do


def test_a_table_is_checked_then_shown_then_saved(admin: Browser, session: AnySession) -> None:
    path = f"{PAGE}/import"
    preview = admin.post_form(path, {"table": TABLE})
    assert preview.status_code == 200
    assert "2 ditambahkan" in words_of(preview)
    assert session.scalars(select(CalendarDay)).all() == []
    assert admin.post_form(path, {"table": TABLE, "confirmed": "1"}).status_code == 303
    session.expire_all()
    assert [day.name for day in list_days_off(session, 2026)] == ["HUT Kota", "Cuti Natal"]
    again = admin.post_form(path, {"table": TABLE.replace("HUT Kota", "HUT ke-18")})
    assert "1 diperbarui" in words_of(again)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "Pilih berkas atau tempel"),
        ("date,name,kind,source\n", "Baru ada judul kolom"),
        ("date,name,kind,source\n2026-13-01,X,local,Y\n2026-11-26,Z,besar,Y\n", "Baris 3: Jenis"),
        ("tanggal;nama\n", "Baris 1:"),
    ],
)
def test_a_wrong_table_names_the_lines_and_is_kept(admin: Browser, table: str, said: str) -> None:
    answer = admin.post_form(f"{PAGE}/import", {"table": table})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert not table or "kind" in answer.text or "tanggal" in answer.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Berkas ini kosong."),
        (b"date,name,kind,source\n", "Baru ada judul kolom"),
        ("date,name,kind,source\n2026-12-01,Libur Café,local,Y\n".encode("utf-16"), "CSV UTF-8"),
        (b"PK\x03\x04" + bytes(range(256)), "lembar kerja, bukan CSV"),
        (b"x" * 300_000, "lebih besar dari 200 kB"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_blames_no_line(admin: Browser, data: bytes, said: str) -> None:
    answer = admin.post_form(f"{PAGE}/import", {"file": (BytesIO(data), "libur.csv"), "table": ""})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "Baris" not in words_of(answer)
    assert "Pilih berkas atau tempel tabelnya." not in words_of(answer)
    assert "xxx" not in answer.text
    assert "\ufffd" not in answer.text


def test_the_zone_moves_the_day(admin: Browser, session: AnySession, world: World) -> None:
    assert admin.post_form(PAGE, {"timezone": "Asia/Jayapura"}, to=f"{PAGE}/zone").status_code == 303
    session.expire_all()
    municipality = session.get(Municipality, world.tangsel.id)
    assert municipality is not None
    assert municipality.timezone == "Asia/Jayapura"
    assert load_calendar(session).is_open(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    assert admin.post_form(PAGE, {"timezone": "Europe/Berlin"}, to=f"{PAGE}/zone").status_code == 422


def test_days_of_another_municipality_are_not_found(admin: Browser, session: AnySession, world: World) -> None:
    use_tenant(session, world.surabaya.id)
    days = {date(2026, 5, 31): DayOff("HUT Surabaya", "local", "Keputusan")}
    take_days_off(session, days)
    session.commit()
    foreign = session.scalars(select(CalendarDay)).one().id
    assert admin.get(f"{PAGE}/days/{foreign}").status_code == 404
    assert "HUT Surabaya" not in words_of(admin.get(f"{PAGE}?year=2026"))
