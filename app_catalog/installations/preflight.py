"""Is everything there that an app needs? What is missing comes with the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from app_catalog.definitions.model import Definition
from app_catalog.installations.needs import missing_apps
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import t
from tenants.calendars.models import OfficeHours
from tenants.people.models import RoleGrant


@dataclass(frozen=True)
class Check:
    """One point of the checklist; `href` leads to where it is mended. A hard one stops enabling."""

    label: str
    fulfilled: bool
    hint: str = ""
    href: str = ""
    hard: bool = False


def preflight(session: AnySession, definition: Definition, agencies: Mapping[str, str]) -> list[Check]:
    """The checklist of an app in the session's municipality."""
    checks = []
    if _needs_agencies(definition):
        checks.append(
            Check(
                t("Daftar dinas", "List of agencies"),
                bool(agencies),
                t("Aplikasi ini meneruskan laporan ke dinas.", "This app hands cases over to agencies."),
                "/manage/agencies",
                hard=True,
            )
        )
    if _needs_calendar(definition):
        checks.append(
            Check(
                t("Jam kerja dan hari libur", "Office hours and holidays"),
                _count_office_hours(session) > 0,
                t("Tenggat dihitung dalam hari kerja.", "Deadlines count in working days."),
                "/manage/calendar",
                hard=True,
            )
        )
    missing = missing_apps(session, definition)
    for app in definition.requires_apps:
        words = missing.get(app)
        checks.append(
            Check(
                t("Aplikasi “{app}”", "The app “{app}”", app=app),
                words is None,
                str(words or ""),
                f"/apps/{app}",
                hard=True,
            )
        )
    held = _held_roles(session, definition.id)
    for role in definition.roles.values():
        name = role.name.get("id") or role.id
        checks.append(
            Check(
                t("Petugas dengan peran {role}", "People with the role {role}", role=name),
                role.id in held,
                t("Bisa diisi setelah aplikasi aktif.", "May be filled after the app is enabled."),
                "/manage/people",
            )
        )
    return checks


def _needs_agencies(definition: Definition) -> bool:
    specs = definition.settings.values()
    return any(spec.type == "agency" or any(c.type == "agency" for c in spec.columns.values()) for spec in specs)


def _needs_calendar(definition: Definition) -> bool:
    return any(clock.time == "working" for record in definition.records.values() for clock in record.clocks.values())


def _count_office_hours(session: AnySession) -> int:
    tenant_id = current_tenant(session)
    return session.scalar(select(func.count()).select_from(OfficeHours).where(OfficeHours.tenant_id == tenant_id)) or 0


def _held_roles(session: AnySession, app_id: str) -> set[str]:
    rows = session.scalars(
        select(RoleGrant.role)
        .where(RoleGrant.tenant_id == current_tenant(session), RoleGrant.app_id == app_id)
        .distinct()
    )
    return set(rows)
