"""Apps that need other apps of the same municipality (`requires.apps`)."""

from __future__ import annotations

from sqlalchemy import Select, select

from app_catalog.definitions.model import Definition
from app_catalog.definitions.versions import in_range
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict
from lumbung.i18n import Text

_MISSING = Text(
    "Aplikasi ini membutuhkan aplikasi “{app}” versi {range}, yang belum aktif di sini. Aktifkan dulu aplikasi itu.",
    "This app needs the app “{app}”, version {range}, which is not enabled here. Enable that one first.",
)
_OTHER_VERSION = Text(
    "Aplikasi ini membutuhkan “{app}” versi {range}; di sini berjalan {version}. Perbarui dulu aplikasi itu.",
    "This app needs “{app}”, version {range}; {version} runs here. Update that one first.",
)
_NEEDED = Text(
    "Masih dibutuhkan oleh {apps}. Nonaktifkan dulu yang membutuhkannya.",
    "{apps} still needs it. Disable what needs it first.",
)
_NEEDED_BEFORE = Text(
    "{apps} membutuhkan versi lain dari aplikasi ini. Perbarui dulu yang membutuhkannya.",
    "{apps} needs another version of this app. Update what needs it first.",
)


def missing_apps(session: AnySession, definition: Definition) -> dict[str, Text]:
    """What keeps the app from running in the session's municipality, by the id of each app that it lacks."""
    wanted = definition.requires_apps
    if not wanted:
        return {}
    # Held until this one has come in: whoever takes one of them away waits, and then sees that it is needed.
    rows = session.scalars(
        _enabled(session)
        .where(Installation.slug.in_(sorted(wanted)))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    running = {one.slug: definition_by_digest(session, one.definition_digest) for one in rows}
    found = {}
    for app, versions in wanted.items():
        other = running.get(app)
        if other is None:
            found[app] = _MISSING.format(app=app, range=versions)
        elif not in_range(other.version, versions):
            found[app] = _OTHER_VERSION.format(app=app, range=versions, version=other.version)
    return found


def require_apps(session: AnySession, definition: Definition) -> None:
    """Raise Conflict unless every app that this one needs is enabled, in a version that it takes."""
    for words in missing_apps(session, definition).values():
        raise Conflict(words)


def require_unneeded(session: AnySession, installation: Installation, version: str | None = None) -> None:
    """Raise Conflict when an enabled app would lose what it needs: this app, or (`version`) the version it takes."""
    # Its own row first: whoever comes in and needs it holds that row.
    own = (Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
    session.execute(select(Installation.id).where(*own).with_for_update())
    needing = []
    for one in session.scalars(_enabled(session)):
        definition = definition_by_digest(session, one.definition_digest)
        wanted = definition.requires_apps.get(installation.slug)
        if wanted is not None and one.id != installation.id and not (version and in_range(version, wanted)):
            needing.append(shown_name(one, definition))
    if needing:
        raise Conflict((_NEEDED_BEFORE if version else _NEEDED).format(apps=", ".join(sorted(needing))))


def _enabled(session: AnySession) -> Select[Installation]:
    return (
        select(Installation)
        .where(Installation.tenant_id == current_tenant(session), Installation.status == "enabled")
        .order_by(Installation.id)
    )
