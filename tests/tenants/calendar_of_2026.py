"""Office hours and days off of 2026, as a municipality keeps them, for tests of working time."""

from datetime import date, time

from tenants.calendars.working_time import DayOff, OfficeHours, WorkingCalendar

MORNING = (time(7, 30), time(12, 0))
NORMAL: OfficeHours = (MORNING, (time(13, 0), time(16, 0)))
FRIDAY: OfficeHours = ((time(7, 30), time(11, 30)), (time(13, 0), time(16, 30)))
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


def day_off(name: str) -> DayOff:
    return DayOff(name=name, kind="national", source="SKB Tiga Menteri 2026")


HOLIDAYS = {
    date(2026, month, day): day_off(name)
    for month, day, name in (
        (1, 1, "Tahun Baru Masehi"),
        (1, 16, "Isra Mikraj"),
        (2, 16, "Cuti Bersama Imlek"),
        (2, 17, "Tahun Baru Imlek"),
        (3, 18, "Cuti Bersama Nyepi"),
        (3, 19, "Hari Suci Nyepi"),
        (3, 20, "Cuti Bersama Idul Fitri"),
        (3, 21, "Idul Fitri"),
        (3, 22, "Idul Fitri"),
        (3, 23, "Cuti Bersama Idul Fitri"),
        (3, 24, "Cuti Bersama Idul Fitri"),
        (8, 17, "Hari Kemerdekaan"),
        (12, 24, "Cuti Bersama Natal"),
        (12, 25, "Hari Raya Natal"),
    )
}
WEEKLY = {0: NORMAL, 1: NORMAL, 2: NORMAL, 3: NORMAL, 4: FRIDAY}
MAKE_UP_DAYS = {date(2026, 3, 28): (MORNING,), date(2026, 12, 24): NORMAL}


def calendar(zone: str = "Asia/Jakarta") -> WorkingCalendar:
    return WorkingCalendar(zone=zone, weekly=WEEKLY, days_off=HOLIDAYS, extra_days=MAKE_UP_DAYS)
