"""The checklist's steps that concern the municipality itself: map, looks, agencies, heads, people, calendar."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.agencies.models import Agency, AgencyHead
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.municipalities.checklist import ChecklistItem
from tenants.municipalities.models import Municipality
from tenants.people.models import Invitation, Membership


def first_steps(session: AnySession, municipality: Municipality) -> list[ChecklistItem]:
    """The six steps with how far each is."""
    return [*_looks(municipality), *_organisation(session, municipality), _calendar(session, municipality)]


def _looks(municipality: Municipality) -> list[ChecklistItem]:
    return [
        ChecklistItem(
            id="map",
            title=Text("Letak di peta", "Place on the map"),
            what=Text(
                "Pilih titik tengah dan perbesaran peta, supaya warga mulai dari tempat yang benar.",
                "Choose the map's centre and zoom, so that residents start at the right place.",
            ),
            href="/manage/municipality#f-place",
            done=municipality.centre_lon is not None and municipality.centre_lat is not None,
            needed=True,
            order=10,
        ),
        ChecklistItem(
            id="looks",
            title=Text("Warna dan lambang", "Colours and seal"),
            what=Text(
                "Pilih warna daerah dan unggah lambangnya. Tanpa lambang, portal memakai inisial.",
                "Choose your colour and upload the seal. Without one the portal shows initials.",
            ),
            href="/manage/municipality#f-brand_colour",
            done=municipality.brand_colour is not None and municipality.seal_file_id is not None,
            order=20,
        ),
    ]


def _organisation(session: AnySession, municipality: Municipality) -> list[ChecklistItem]:
    here = municipality.id
    agencies = _count(
        session, select(func.count()).select_from(Agency).where(Agency.tenant_id == here, Agency.closed_at.is_(None))
    )
    headed = _count(
        session,
        select(func.count())
        .select_from(AgencyHead)
        .join(Agency, (Agency.tenant_id == AgencyHead.tenant_id) & (Agency.id == AgencyHead.agency_id))
        .where(AgencyHead.tenant_id == here, Agency.closed_at.is_(None)),
    )
    people = _count(
        session,
        select(func.count()).select_from(Membership).where(Membership.tenant_id == here, Membership.ended_at.is_(None)),
    )
    waiting = _count(
        session,
        select(func.count())
        .select_from(Invitation)
        .where(
            Invitation.tenant_id == here,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        ),
    )
    return [
        ChecklistItem(
            id="agencies",
            title=Text("Perangkat daerah", "Agencies"),
            what=Text(
                "Daftarkan dinas dan kantor yang akan menjawab warga.",
                "List the agencies and offices that will answer residents.",
            ),
            href="/manage/agencies",
            done=agencies > 0,
            needed=True,
            order=30,
            state=Text(f"{agencies} terdaftar", f"{agencies} listed"),
        ),
        ChecklistItem(
            id="heads",
            title=Text("Kepala perangkat daerah", "Heads of agency"),
            what=Text(
                "Tunjuk kepalanya; kepala diberi tahu bila tanggapan terlambat.",
                "Name each head; heads are told when an answer is overdue.",
            ),
            href="/manage/agencies",
            done=agencies > 0 and headed >= agencies,
            order=40,
            state=Text(f"{headed} dari {agencies} terisi", f"{headed} of {agencies} named"),
        ),
        ChecklistItem(
            id="people",
            title=Text("Orang yang bertugas", "People at work"),
            what=Text(
                "Undang petugas yang akan menerima dan menindaklanjuti laporan.",
                "Invite the officials who will receive and follow up reports.",
            ),
            href="/manage/people",
            done=people > 1,
            order=50,
            state=Text(f"{people} bertugas, {waiting} undangan menunggu", f"{people} at work, {waiting} invited"),
        ),
    ]


def _calendar(session: AnySession, municipality: Municipality) -> ChecklistItem:
    here, year = municipality.id, now().year
    hours = _count(session, select(func.count()).select_from(OfficeHours).where(OfficeHours.tenant_id == here))
    days = _count(
        session,
        select(func.count())
        .select_from(CalendarDay)
        .where(CalendarDay.tenant_id == here, func.extract("year", CalendarDay.day) == year),
    )
    return ChecklistItem(
        id="calendar",
        title=Text("Kalender kerja", "Working calendar"),
        what=Text(
            "Periksa jam kantor dan hari libur; batas waktu dihitung dengan kalender ini.",
            "Check office hours and days off; deadlines are counted by this calendar.",
        ),
        href="/manage/calendar",
        done=hours > 0 and days > 0,
        needed=True,
        order=60,
        state=Text(f"{days} hari libur pada {year}", f"{days} days off in {year}"),
    )


def _count(session: AnySession, query: Select[int]) -> int:
    return session.scalar(query) or 0
