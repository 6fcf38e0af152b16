from datetime import UTC, date, datetime, time

import pytest

from tenants.calendars.national import FIRST_YEAR, LAST_YEAR, national_days_off, national_year
from tenants.calendars.working_time import WorkingCalendar

UNDECIDED = 2065


def test_a_decided_year_has_holidays_and_joint_leave_with_names_and_source() -> None:
    year = national_year(2026)
    found = {entry.day: entry for entry in year.days}
    assert year.decided
    independence, christmas_leave = found[date(2026, 8, 17)], found[date(2026, 12, 24)]
    assert (independence.kind, independence.estimated) == ("national", False)
    assert independence.name.id == "Hari Kemerdekaan Republik Indonesia"
    assert independence.name.en == "Independence Day"
    assert (christmas_leave.kind, christmas_leave.name.id) == ("joint_leave", "Cuti Bersama Hari Raya Natal")
    assert christmas_leave.source.id.endswith("Cuti Bersama Tahun 2026")
    assert sum(entry.kind == "joint_leave" for entry in year.days) == 8
    assert [entry.day for entry in year.days] == sorted(found)


def test_movable_feasts_of_an_undecided_year_are_marked_and_named_plainly() -> None:
    estimated = {entry.name.id for entry in national_year(UNDECIDED).days if entry.estimated}
    assert any("Idul Fitri" in name for name in estimated)
    assert not any("perkiraan" in name for name in estimated)
    assert not any("(estimated)" in entry.name.en for entry in national_year(UNDECIDED).days)


def test_a_year_without_a_decree_says_so_and_is_sure_only_of_fixed_dates() -> None:
    year = national_year(UNDECIDED)
    assert not year.decided
    assert "belum ditetapkan" in year.note.id
    assert "not decided" in year.note.en
    assert {entry.kind for entry in year.days} == {"national"}
    sure = {(entry.day.month, entry.day.day) for entry in year.days if not entry.estimated}
    assert sure == {(1, 1), (5, 1), (6, 1), (8, 17), (12, 25)}
    assert all(entry.source.id.startswith("Perkiraan") for entry in year.days)


@pytest.mark.parametrize("year", [FIRST_YEAR, 2020, 2027, LAST_YEAR])
def test_every_day_lies_in_its_year_and_has_texts_in_both_languages(year: int) -> None:
    days = national_year(year).days
    assert len(days) > 10
    assert all(entry.day.year == year for entry in days)
    assert all(entry.name.id and entry.name.en and entry.source.id and entry.source.en for entry in days)


@pytest.mark.parametrize("year", [FIRST_YEAR - 1, LAST_YEAR + 1, 0])
def test_a_year_outside_of_what_is_known_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="Holidays are known"):
        national_year(year)


def test_the_days_feed_a_working_calendar_across_the_turn_of_the_year() -> None:
    hours = {weekday: ((time(8), time(16)),) for weekday in range(5)}
    calendar = WorkingCalendar("Asia/Jakarta", hours, national_days_off([2026, 2027]))
    received = datetime(2026, 12, 23, 3, tzinfo=UTC)
    # Thursday 24 is joint leave, 25 Christmas, then a weekend, and 1 January is a Friday.
    assert calendar.add_working_days(received, 1) == datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert calendar.add_working_days(received, 5) == datetime(2027, 1, 4, 9, tzinfo=UTC)
    assert calendar.days_off[date(2026, 12, 24)].name_en == "Christmas Joint Holiday"
