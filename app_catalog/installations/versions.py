"""Which version an installation makes new records with, and every change of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.deprecations.reading import ended_words, list_deprecated
from app_catalog.installations.adoptions import announce, find_adoption
from app_catalog.installations.definitions import definition_by_digest, keep_definition
from app_catalog.installations.effective import settings_at
from app_catalog.installations.held_values import own_values_for
from app_catalog.installations.indexes import follow_indexes
from app_catalog.installations.models import Installation, InstalledDefinition, VersionChange
from app_catalog.installations.needs import require_apps, require_unneeded
from app_catalog.installations.services import require_fit, seal_secrets, write_settings
from app_catalog.releases.models import Release
from app_catalog.releases.platform import require_platform
from app_catalog.releases.states import settled_event
from app_catalog.releases.waking import PUBLISHED
from app_catalog.spread.noting import note_running
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text
from lumbung.outbox import schedule_wakeup

POLICIES = ("by_hand", "patches", "minors")
CHANNELS = ("stable", "beta")
_SAME = Text("Versi ini sudah dipakai.", "This version is in use already.")
_OTHER_SETTINGS = Text(
    "Orang lain baru saja mengubah pengaturan aplikasi ini. Versinya belum diganti: muat ulang laporannya, lalu coba "
    "lagi.",
    "Somebody else has just changed this app's settings. The version is not changed yet: reload the report and try "
    "again.",
)
_NOT_OFFERED = Text(
    "Versi ini tidak dapat dipakai: belum terbit, ditarik, atau bukan milik aplikasi ini. Pilih versi lain.",
    "This version cannot be used: it is not published, was yanked, or is not this app's. Choose another.",
)


def switch_version(
    session: AnySession,
    installation: Installation,
    release: Release,
    *,
    overrides: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    seen_digest: str | None = None,
    seen_settings: int | None = None,
    automatic: bool = False,
    account_id: UUID | None = None,
    actor_name: str = "",
    reason: str = "",
    findings: Mapping[str, Any] | None = None,
) -> VersionChange:
    """From now on new records are made by `release`; running ones stay on theirs.

    A version that this municipality ran before may always be gone back to. `overrides` are the municipality's own
    values under the new version; without, those that it has stay, also those that the new version does not know.
    Raises Conflict when the version is in use already, is not offered, an app that needs it or that it needs does not
    fit, or somebody else changed the version since `seen_digest` or the settings since `seen_settings`; Invalid with an
    error by setting for what does not fit.
    """
    locked = session.scalars(
        select(Installation)
        .where(Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if locked.release_id == release.id or (seen_digest is not None and seen_digest != locked.definition_digest):
        raise Conflict(_SAME)
    if seen_settings is not None and seen_settings != locked.settings_version:
        raise Conflict(_OTHER_SETTINGS)
    before = definition_by_digest(session, locked.definition_digest)
    back = was_run(session, locked, release)
    _require_offered(session, locked, release, back=back)
    definition = keep_definition(session, release.id)
    require_platform(definition)
    require_apps(session, definition)
    require_unneeded(session, locked, definition.version)
    stored = settings_at(session, locked.id, locked.settings_version)
    values = own_values_for(session, locked, definition, stored) if back else dict(stored.overrides)
    kept = values
    if overrides is not None:
        # What the new version does not know is kept for going back.
        values = {name: value for name, value in values.items() if name not in definition.settings} | dict(overrides)
    sealed = {**stored.sealed, **seal_secrets(locked, secrets)}
    require_fit(session, definition, values, set(sealed), kept)
    locked.release_id, locked.definition_digest = release.id, definition.digest
    if values != stored.overrides or sealed != stored.sealed:
        locked.settings_version += 1
        write_settings(session, locked, values, sealed, account_id, reason)
    change = VersionChange(
        tenant_id=locked.tenant_id,
        installation_id=locked.id,
        kind="went_back" if back else "upgraded",
        from_version=before.version,
        to_version=definition.version,
        from_digest=before.digest,
        to_digest=definition.digest,
        settings_version=locked.settings_version,
        automatic=automatic,
        account_id=account_id,
        actor_name=actor_name,
        reason=reason,
        findings=dict(findings or {}),
    )
    session.add(change)
    if find_adoption(session, locked) is not None:
        announce(session, locked, definition, definition.version)
    follow_indexes(session, locked, definition)
    note_running(session, locked)
    record_audit(
        session,
        "app.went-back" if back else "app.upgraded",
        subject_type="installation",
        subject_id=locked.id,
        before={"version": before.version},
        after={"version": definition.version, "automatic": automatic, "reason": reason},
    )
    return change


def list_version_changes(session: AnySession, installation: Installation) -> Sequence[VersionChange]:
    """Every change of the version, the newest first."""
    return session.scalars(
        select(VersionChange)
        .where(VersionChange.tenant_id == installation.tenant_id, VersionChange.installation_id == installation.id)
        .order_by(VersionChange.created_at.desc(), VersionChange.id.desc())
    ).all()


def was_run(session: AnySession, installation: Installation, release: Release) -> bool:
    """Whether the municipality has made records with this release before."""
    changes = select(VersionChange.id).where(
        VersionChange.tenant_id == installation.tenant_id,
        VersionChange.installation_id == installation.id,
        VersionChange.from_digest == release.digest,
    )
    return session.scalar(changes.limit(1)) is not None


def digests_of(session: AnySession, installation: Installation) -> dict[str, UUID]:
    """Every definition of this app that the municipality has pinned, with its release."""
    rows = session.execute(
        select(InstalledDefinition.digest, InstalledDefinition.release_id)
        .join(Release, Release.id == InstalledDefinition.release_id)
        .where(InstalledDefinition.tenant_id == installation.tenant_id, Release.app_id == installation.app_id)
    )
    return {row.digest: row.release_id for row in rows}


def set_policy(session: AnySession, installation: Installation, *, policy: str, channel: str) -> None:
    """Which new versions are taken by themselves, and from which channel. Raises Invalid for what is neither."""
    if policy not in POLICIES or channel not in CHANNELS:
        raise Invalid(fields={"policy": [str(Text("Pilih salah satu.", "Choose one of these."))]})
    before = {"policy": installation.update_policy, "channel": installation.channel}
    installation.update_policy, installation.channel = policy, channel
    after = {"policy": policy, "channel": channel}
    if after != before:
        # What was published before may be let in by now.
        schedule_wakeup(session, PUBLISHED, now())
        record_audit(
            session,
            "app.update-policy-changed",
            subject_type="installation",
            subject_id=installation.id,
            before=before,
            after=after,
        )


def _require_offered(session: AnySession, installation: Installation, release: Release, *, back: bool) -> None:
    if release.app_id != installation.app_id:
        raise Conflict(_NOT_OFFERED)
    event = settled_event(session, release)
    if back:
        return
    if event is None or event.kind != "published":
        raise Conflict(_NOT_OFFERED)
    # What ends with the whole app does not keep anybody who runs it from its last versions.
    for one in list_deprecated(session, [release.app_id]):
        if one.release_id == release.id and one.over:
            raise Conflict(ended_words(one))


def effective_under(definition: Definition, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What the municipality's own values are worth under another version."""
    values: dict[str, Any] = effective_settings(definition, overrides)
    return values
