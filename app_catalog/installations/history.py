"""Changes of settings, told with before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.definitions.schemas.values import find_moment
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.installations.held_values import find_misfits
from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.installations.values import show_duration
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, show_datetime, show_decimal, t
from tenants.agencies.models import Agency
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership


@dataclass(frozen=True)
class Change:
    """One version of the settings: who, when, why, and each value before and after."""

    version: int
    at: datetime
    who: str
    reason: str
    values: tuple[tuple[str, str, str], ...]


def list_changes(session: AnySession, installation: Installation, definition: Definition) -> list[Change]:
    """All versions, newest first."""
    versions = session.scalars(
        select(SettingsVersion)
        .where(SettingsVersion.tenant_id == installation.tenant_id, SettingsVersion.installation_id == installation.id)
        .order_by(SettingsVersion.version)
    ).all()
    members = session.execute(
        select(Membership.account_id, Membership.name).where(Membership.tenant_id == installation.tenant_id)
    )
    people: dict[Any, str] = dict(members.all())
    agencies = _agency_names(session, installation)
    changes = []
    zone = session.get_one(Municipality, installation.tenant_id).timezone
    before: Mapping[str, Any] = effective_settings(definition, {})
    for version in versions:
        # What only another version could hold says nothing in the words of this one.
        misfits = find_misfits(definition, version.overrides)
        own = {name: value for name, value in version.overrides.items() if name not in misfits}
        after = effective_settings(definition, own)
        changes.append(
            Change(
                version.version,
                version.created_at,
                people.get(version.changed_by, t("Sistem", "System")),
                version.reason,
                tuple(_differences(definition, before, after, agencies, zone)),
            )
        )
        before = after
    return changes[::-1]


def _agency_names(session: AnySession, installation: Installation) -> dict[str, str]:
    """Names of all agencies by key, closed ones too."""
    rows = session.execute(select(Agency.key, Agency.name).where(Agency.tenant_id == installation.tenant_id))
    names: dict[str, str] = dict(rows.all())
    return names


def _differences(
    definition: Definition,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    agencies: Mapping[str, str],
    zone: str,
) -> Iterator[tuple[str, str, str]]:
    for spec in definition.settings.values():
        old, new = before.get(spec.id), after.get(spec.id)
        if old == new:
            continue
        if spec.type != "table":
            words = agencies if spec.type == "agency" else spec.options
            yield pick(spec.label), _show(spec.type, old, words, zone), _show(spec.type, new, words, zone)
            continue
        old, new = old or {}, new or {}
        for row_id in dict.fromkeys([*old, *new]):
            row = pick((new.get(row_id) or old.get(row_id) or {}).get("name")) or row_id
            for column in spec.columns.values():
                was, became = old.get(row_id, {}).get(column.id), new.get(row_id, {}).get(column.id)
                if was != became:
                    label = f"{pick(spec.label)} · {row} · {pick(column.label)}"
                    words = agencies if column.type == "agency" else column.options
                    yield label, _show(column.type, was, words, zone), _show(column.type, became, words, zone)


def _show_list(kind: str, value: Sequence[Any], options: Mapping[str, Any]) -> str:
    if kind == "files":
        return t("{n} berkas", "{n} file" if len(value) == 1 else "{n} files", n=len(value))
    if kind == "point":
        return ", ".join(f"{part:.5f}" for part in reversed(value))
    return ", ".join(pick(options[one]) if one in options else str(one) for one in value)


def _show(kind: str, value: Any, options: Mapping[str, Any], zone: str) -> str:
    if value is None or value == "":
        return "–"
    if kind == "boolean":
        return t("Ya", "Yes") if value else t("Tidak", "No")
    if kind == "duration":
        return show_duration(str(value))
    if kind == "agency":
        return str(options.get(value, value))
    if kind == "datetime" and isinstance(value, str) and (moment := find_moment(value)) is not None:
        return show_datetime(moment, zone)
    if isinstance(value, list):
        return _show_list(kind, value, options)
    if kind == "choice" and value in options:
        return pick(options[value])
    if kind == "decimal" and isinstance(value, int | float):
        return show_decimal(value)
    return pick(value) if isinstance(value, Mapping) else str(value)
