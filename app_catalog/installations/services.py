"""Finding, enabling, changing and disabling installations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.exc import IntegrityError

from app_catalog.definitions.model import Definition
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.deprecations.reading import ended_words, find_deprecated
from app_catalog.figures.publishing import refresh_published
from app_catalog.installations.adoptions import announce, end_announcement
from app_catalog.installations.areas_form import areas_here
from app_catalog.installations.definitions import definition_by_digest, keep_definition
from app_catalog.installations.effective import secret_context, settings_at
from app_catalog.installations.indexes import begin_indexes
from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.installations.needs import require_apps, require_unneeded
from app_catalog.installations.values import check_settings
from app_catalog.releases.models import App, Release
from app_catalog.releases.platform import require_platform
from app_catalog.releases.states import settled_event
from app_catalog.releases.waking import PUBLISHED
from app_catalog.reviews.archiving import archive_review, restore_review
from app_catalog.spread.noting import note_running
from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.fetching import Fetch, compile_fetch, fetch_one
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.outbox import schedule_wakeup
from lumbung.secrets import encrypt
from tenants.agencies.models import Agency
from tenants.plans.catalogue import Resource
from tenants.plans.stopping import require_unfilled

ALREADY = Text(
    "Aplikasi ini sudah aktif di daerah Anda. Buka pengaturannya untuk mengubahnya.",
    "This app is enabled in your municipality already. Open its settings to change it.",
)

NOT_OFFERED = Text(
    "Versi ini tidak ditawarkan lagi: belum terbit atau sudah ditarik. Muat ulang halaman untuk versi sekarang.",
    "This version is not on offer any more: it is not published or was yanked. Reload the page for the present one.",
)

_BY_SLUG = compile_fetch(
    Installation, Installation.tenant_id == bindparam("tenant_id", type_=Uuid), Installation.slug == bindparam("slug")
)


def list_installations(session: AnySession, *, with_disabled: bool = False) -> Sequence[Installation]:
    """The municipality's installations by slug; disabled ones only when asked for."""
    query = select(Installation).where(Installation.tenant_id == current_tenant(session)).order_by(Installation.slug)
    if not with_disabled:
        query = query.where(Installation.status == "enabled")
    return session.scalars(query).all()


def find_installation(session: AnySession, slug: str, *, with_disabled: bool = False) -> Installation | None:
    """The installation at `/<slug>` of the municipality, or None."""
    found = fetch_one(session, *installation_asked(session, slug))
    return found if found is not None and (with_disabled or found.status == "enabled") else None


def installation_asked(session: AnySession, slug: str) -> tuple[Fetch[Installation], dict[str, Any]]:
    """The search for the installation at `/<slug>`, disabled or not, for whoever asks for more at once."""
    return _BY_SLUG, {"tenant_id": current_tenant(session), "slug": slug}


def access_installation(session: AnySession, slug: str) -> Installation:
    """The installation at `/<slug>`, disabled or not, for its administrators; raises NotFound."""
    found = find_installation(session, slug, with_disabled=True)
    if found is None:
        raise NotFound
    return found


def get_installation(session: AnySession, installation_id: UUID) -> Installation:
    """An installation of the session's municipality. Raises NotFound."""
    found = session.scalar(
        select(Installation).where(
            Installation.tenant_id == current_tenant(session), Installation.id == installation_id
        )
    )
    if found is None:
        raise NotFound
    return found


def agency_keys(session: AnySession) -> dict[str, str]:
    """Names of the municipality's open agencies by key."""
    rows = session.execute(
        select(Agency.key, Agency.name)
        .where(Agency.tenant_id == current_tenant(session), Agency.closed_at.is_(None))
        .order_by(Agency.order, Agency.name)
    )
    return dict(rows.all())


def enable_app(
    session: AnySession,
    *,
    app: App,
    release: Release,
    overrides: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    own_name: Mapping[str, str] | None = None,
    announced: bool = True,
    account_id: UUID | None = None,
) -> Installation:
    """Enable an app in the session's municipality; its pages answer as soon as the transaction has committed.

    Raises Invalid with an error per setting that is missing or does not fit, and Conflict when it is enabled already
    (an app that was disabled is continued by `enable_again`), when the release is not published (it may have been
    yanked a moment ago), its support has ended, or it needs another Lumbung or an app that does not run here;
    QuotaReached where the municipality's files or records have reached their limit.
    """
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    require_unfilled(session, Resource.FILES, Resource.RECORDS)
    event = settled_event(session, release)
    if event is None or event.kind != "published":
        raise Conflict(NOT_OFFERED)
    ends = find_deprecated(session, app.id, release.id)
    if ends is not None and ends.over:
        raise Conflict(ended_words(ends))
    definition = keep_definition(session, release.id)
    require_platform(definition)
    require_apps(session, definition)
    require_fit(session, definition, overrides, set(secrets or {}))
    installation = Installation(
        tenant_id=tenant_id,
        app_id=app.id,
        release_id=release.id,
        definition_digest=definition.digest,
        slug=app.slug,
        own_name=dict(own_name) if own_name else None,
        settings_version=1,
        enabled_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(installation)
    except IntegrityError as error:
        if violated_constraint(error) in {"uq_installations_tenant_id_app_id", "uq_installations_tenant_id_slug"}:
            raise Conflict(ALREADY) from error
        raise
    write_settings(session, installation, overrides, seal_secrets(installation, secrets), account_id, "")
    begin_indexes(session, installation, definition)
    if announced:
        announce(session, installation, definition, release.version)
    note_running(session, installation)
    record_audit(
        session,
        "app.enabled",
        subject_type="installation",
        subject_id=installation.id,
        after={"app": app.slug, "version": release.version, "settings": dict(overrides)},
    )
    return installation


def change_settings(
    session: AnySession,
    installation: Installation,
    *,
    overrides: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    own_name: Mapping[str, str] | None = None,
    seen_version: int | None = None,
    account_id: UUID | None = None,
    reason: str = "",
) -> SettingsVersion:
    """Write the next version of the municipality's own values; records keep running, new rules hold at once.

    Secrets that are not given stay as they were. Raises Invalid when a value does not fit, and Conflict when somebody
    else changed the settings since `seen_version`.
    """
    locked = session.scalars(
        select(Installation)
        .where(Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if seen_version is not None and locked.settings_version != seen_version:
        raise Conflict(
            Text(
                "Orang lain baru saja mengubah pengaturan ini. Isian Anda belum disimpan: lihat riwayat perubahan, "
                "lalu simpan lagi bila tetap perlu.",
                "Somebody else has just changed these settings. Yours are not saved yet: look at the history, then "
                "save again if they still should hold.",
            )
        )
    definition = definition_by_digest(session, locked.definition_digest)
    before = settings_at(session, locked.id, locked.settings_version)
    sealed = {**before.sealed, **seal_secrets(locked, secrets)}
    require_fit(session, definition, overrides, set(sealed), before.overrides)
    name_before = locked.own_name
    locked.own_name = dict(own_name) if own_name else None
    locked.settings_version += 1
    written = write_settings(session, locked, overrides, sealed, account_id, reason)
    announce(session, locked, definition, None)
    _try_again(session, locked)
    record_audit(
        session,
        "app.settings-changed",
        subject_type="installation",
        subject_id=locked.id,
        before={"settings": before.overrides, "name": name_before},
        after={"settings": dict(overrides), "name": locked.own_name, "secrets_changed": sorted(secrets or {})},
    )
    return written


def disable_app(session: AnySession, installation: Installation, *, reason: str) -> None:
    """Take the app off the portal. Everything stays readable to officials; `enable_again` continues it.

    Raises Invalid without a reason, and Conflict while another enabled app needs it.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": [str(Text("Tuliskan alasannya.", "Please say why."))]})
    require_unneeded(session, installation)
    installation.status, installation.disabled_at = "disabled", now()
    installation.disabled_reason = reason.strip()
    end_announcement(session, installation)
    note_running(session, installation)
    archive_review(session, installation)
    record_audit(
        session,
        "app.disabled",
        subject_type="installation",
        subject_id=installation.id,
        after={"reason": reason.strip()},
    )


def enable_again(session: AnySession, installation: Installation) -> None:
    """Put a disabled app back on the portal with everything it had.

    Raises Invalid when its settings no longer fit, for example because an agency was closed in between, and Conflict
    while an app that it needs does not run.
    """
    definition = definition_by_digest(session, installation.definition_digest)
    require_apps(session, definition)
    stored = settings_at(session, installation.id, installation.settings_version)
    require_fit(session, definition, stored.overrides, set(stored.sealed), stored.overrides)
    installation.status, installation.disabled_at, installation.disabled_reason = "enabled", None, ""
    restore_review(session, installation)
    announce(session, installation, definition, None)
    refresh_published(session, installation)
    _try_again(session, installation)
    note_running(session, installation)
    record_audit(session, "app.enabled-again", subject_type="installation", subject_id=installation.id)


def _try_again(session: AnySession, installation: Installation) -> None:
    """Have it looked again whether there is a version to take by itself: what did not fit may fit now."""
    if installation.update_policy != "by_hand":
        schedule_wakeup(session, PUBLISHED, now())


def require_fit(
    session: AnySession,
    definition: Definition,
    overrides: Mapping[str, Any],
    secrets: set[str],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Raise Invalid, with an error per setting, unless these own values fit the definition; `secrets` are kept ones,
    `before` the own values in force: an area that stands there may stay."""
    errors = check_settings(
        definition,
        effective_settings(definition, overrides),
        agencies=agency_keys(session),
        secrets=secrets,
        areas=areas_here(session, definition, effective_settings(definition, before or {})),
    )
    if errors:
        raise Invalid(fields=errors)


def write_settings(
    session: AnySession,
    installation: Installation,
    overrides: Mapping[str, Any],
    sealed: Mapping[str, str],
    account_id: UUID | None,
    reason: str,
) -> SettingsVersion:
    """Write the own values as the installation's present `settings_version`."""
    version = SettingsVersion(
        tenant_id=installation.tenant_id,
        installation_id=installation.id,
        version=installation.settings_version,
        overrides=dict(overrides),
        sealed=dict(sealed),
        changed_by=account_id,
        reason=reason,
    )
    session.add(version)
    session.flush()
    return version


def seal_secrets(installation: Installation, secrets: Mapping[str, str] | None) -> dict[str, str]:
    """Secrets as they are stored: encrypted, bound to their place."""
    return {
        setting_id: encrypt(value, context=secret_context(installation, setting_id))
        for setting_id, value in (secrets or {}).items()
    }
