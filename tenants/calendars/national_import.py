"""National holidays and joint leave of a year, taken over into a municipality's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from tenants.calendars.models import CalendarDay
from tenants.calendars.national import NationalDay, NationalYear, national_year
from tenants.calendars.working_time import DayOff

_FROM_LIBRARY = ("SKB Tiga Menteri tentang Hari Libur Nasional", "Perkiraan: SKB Tiga Menteri")


@dataclass(frozen=True)
class NationalPreview:
    """What an import of a year would do: `added`, `changed` (before, after), `removed`; `local` days stay as they are.

    Removed are days that an earlier import brought and that are gone, because an estimate moved or a decree changed.
    """

    year: NationalYear
    added: tuple[NationalDay, ...]
    changed: tuple[tuple[CalendarDay, NationalDay], ...]
    removed: tuple[CalendarDay, ...]
    local: tuple[CalendarDay, ...]

    @property
    def nothing_to_do(self) -> bool:
        """Whether the calendar says all of this already."""
        return not (self.added or self.changed or self.removed)


def preview_national_days(session: AnySession, year: int) -> NationalPreview:
    """What `import_national_days` would do now. Raises ValueError for a year that nothing is known of."""
    known = national_year(year)
    present = {day.day: day for day in session.scalars(_of_year(session, year))}
    wanted = {found.day: found for found in known.days}
    return NationalPreview(
        year=known,
        added=tuple(found for day, found in wanted.items() if day not in present),
        changed=tuple(
            (present[day], found)
            for day, found in wanted.items()
            if day in present and present[day].kind != "local" and _differs(present[day], found.as_day_off())
        ),
        removed=tuple(
            old
            for day, old in sorted(present.items())
            if day not in wanted and old.kind != "local" and old.source.startswith(_FROM_LIBRARY)
        ),
        local=tuple(old for day, old in sorted(present.items()) if day in wanted and old.kind == "local"),
    )


def import_national_days(session: AnySession, year: int) -> NationalPreview:
    """Take the year's national holidays and joint leave over; what was done.

    Days that the municipality set itself (kind local) are never touched. Raises ValueError as `national_year`.
    """
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise NotFound
    done = preview_national_days(session, year)
    for old in done.removed:
        session.delete(old)
    for old, found in done.changed:
        day_off = found.as_day_off()
        old.name, old.kind, old.source = day_off.name, day_off.kind, day_off.source
    for found in done.added:
        day_off = found.as_day_off()
        session.add(
            CalendarDay(tenant_id=tenant_id, day=found.day, name=day_off.name, kind=day_off.kind, source=day_off.source)
        )
    session.flush()
    if not done.nothing_to_do:
        record_audit(
            session,
            "calendar.national_imported",
            subject_type="calendar",
            subject_id=year,
            before={"removed": [old.day.isoformat() for old in done.removed]},
            after={
                "added": [found.day.isoformat() for found in done.added],
                "changed": [found.day.isoformat() for _, found in done.changed],
                "decided": done.year.decided,
            },
        )
    return done


def _of_year(session: AnySession, year: int) -> Select[CalendarDay]:
    return select(CalendarDay).where(
        CalendarDay.tenant_id == current_tenant(session),
        CalendarDay.day >= date(year, 1, 1),
        CalendarDay.day <= date(year, 12, 31),
    )


def _differs(old: CalendarDay, day_off: DayOff) -> bool:
    return (old.name, old.kind, old.source) != (day_off.name, day_off.kind, day_off.source)
