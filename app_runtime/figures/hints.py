"""Finds where an app is used little, from the municipality's own records and people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from app_catalog.figures.low_use import Hint
from app_catalog.installations.models import Installation
from app_runtime.figures.agency_use import LOOKED_BACK, AgencyUse, list_agency_use
from app_runtime.records.models import Record
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text

QUIET_AFTER: Final = timedelta(days=14)
MANY_OVERDUE: Final = 5
"""So many open records with a red mark are worth a word, when they are a quarter of what is open."""


class UseHints:
    """Finds the hints of an installation."""

    def low_use(self, session: AnySession, installation: Installation) -> list[Hint]:
        """Hints, the weightiest first: deadlines missed, agencies that do nothing, nothing new, officials who do
        nothing. Nothing is said of an app that has been enabled for less than two weeks."""
        if now() - installation.created_at < QUIET_AFTER:
            return []
        return list(hints_of(list_agency_use(session, installation), _last_received(session, installation)))


def hints_of(uses: list[AgencyUse], quiet: timedelta | None) -> Iterator[Hint]:
    """The hints that follow from how the agencies work; `quiet` is how long ago the newest record came, None when
    there never was one."""
    for use in uses:
        if use.agency and use.overdue >= MANY_OVERDUE and use.overdue * 4 >= use.open:
            yield _overdue(use, use.agency.key)
    for use in uses:
        if use.agency and use.silent:
            yield _silent(use, use.agency.key)
    if quiet is None or quiet >= QUIET_AFTER:
        yield _no_records(quiet)
    officials, active = sum(use.officials for use in uses), sum(use.active for use in uses)
    if officials and active * 2 <= officials and active < officials:
        yield _idle(officials, active)


def _overdue(use: AgencyUse, key: str) -> Hint:
    return Hint(
        "deadlines-missed",
        Text("{agency}: {n} berkas bertanda merah", "{agency}: {n} records with a red mark").format(
            agency=_name(use), n=use.overdue
        ),
        Text(
            "Dari {open} yang terbuka. Tambah petugas, atau periksa apakah batas waktunya masuk akal.",
            "Of {open} that are open. Add officials, or look whether the deadline is realistic.",
        ).format(open=use.open),
        "/manage/people",
        key,
    )


def _silent(use: AgencyUse, key: str) -> Hint:
    days = LOOKED_BACK.days
    nobody = Text(
        "Belum ada petugas dinas ini yang memegang peran di aplikasi. Undang sedikitnya satu orang.",
        "Nobody of this agency holds a role in the app. Invite at least one person.",
    )
    somebody = Text(
        "{n} petugas memegang peran, tetapi tidak ada yang bekerja dengannya. Hubungi mereka, atau minta bantuan.",
        "{n} with a role in the app, none at work with it. Talk to them, or ask for help.",
    ).format(n=use.officials)
    return Hint(
        "agency-silent",
        Text(
            "{agency} tidak menangani apa pun selama {days} hari", "{agency} has handled nothing for {days} days"
        ).format(agency=_name(use), days=days),
        somebody if use.officials else nobody,
        "/manage/people",
        key,
    )


def _no_records(quiet: timedelta | None) -> Hint:
    never = Text("Belum ada berkas yang masuk", "No record has come in yet")
    silent = Text("Tidak ada berkas baru selama {n} hari", "No new records for {n} days").format(
        n=quiet.days if quiet else 0
    )
    return Hint(
        "no-new-records",
        never if quiet is None else silent,
        Text(
            "Umumkan layanan ini: tautan dan kode QR-nya ada di portal. Coba sendiri apakah formulirnya mudah diisi.",
            "Make the service known: its link and QR code are on the portal. Try whether its form is easy to fill in.",
        ),
        "/",
    )


def _idle(officials: int, active: int) -> Hint:
    return Hint(
        "officials-idle",
        Text(
            "{active} dari {n} petugas bekerja dengan aplikasi ini", "{active} of {n} officials work with this app"
        ).format(active=active, n=officials),
        Text(
            "Selama {days} hari terakhir. Latih mereka, atau cabut peran yang tidak dipakai.",
            "In the last {days} days. Train them, or take back roles that nobody uses.",
        ).format(days=LOOKED_BACK.days),
        "/manage/people",
    )


def _name(use: AgencyUse) -> str:
    return use.agency.name if use.agency else ""


def _last_received(session: AnySession, installation: Installation) -> timedelta | None:
    newest = session.scalar(
        select(func.max(Record.created_at)).where(
            Record.tenant_id == installation.tenant_id, Record.installation_id == installation.id
        )
    )
    return None if newest is None else now() - newest
