"""Each municipality notes for itself which version runs, in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app_catalog.installations.models import Installation, VersionChange
from app_catalog.releases.models import Release
from app_catalog.spread.models import RunningVersion
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.ids import new_id
from lumbung.outbox import periodic
from lumbung.secrets import blind_index

_DAILY = 86_400
MOST_REASONS = 20


def note_running(session: AnySession, installation: Installation) -> None:
    """An enabled installation counts where it is now; what was refused before counts no more once the version is
    another. One that is disabled counts nowhere."""
    session.flush()
    place = _place(installation)
    if installation.status != "enabled":
        session.execute(delete(RunningVersion).where(RunningVersion.place == place))
        return
    change = session.scalar(
        select(VersionChange)
        .where(VersionChange.tenant_id == installation.tenant_id, VersionChange.installation_id == installation.id)
        .order_by(VersionChange.created_at.desc(), VersionChange.id.desc())
        .limit(1)
    )
    values = {
        "app_id": installation.app_id,
        "release_id": installation.release_id,
        "since": change.created_at if change else installation.enabled_at,
        "how": _how(change),
        "refused_release_id": None,
        "refused_why": [],
    }
    made = insert(RunningVersion).values(id=new_id(), created_at=now(), place=place, **values)
    # Reckoning it anew writes only what differs, so that it keeps what was refused.
    changed = or_(
        RunningVersion.release_id != made.excluded.release_id,
        RunningVersion.since != made.excluded.since,
        RunningVersion.how != made.excluded.how,
    )
    session.execute(made.on_conflict_do_update(index_elements=["place"], set_=values, where=changed))


def note_refused(session: AnySession, installation: Installation, release: Release, why: Sequence[str]) -> None:
    """The update policy lets the release in, and it was not taken. `why` are codes: `setting:<id>`, `scenario:<id>`,
    `mapping`, or the slug of an error; nothing of what the municipality has."""
    session.execute(
        update(RunningVersion)
        .where(RunningVersion.place == _place(installation))
        .values(refused_release_id=release.id, refused_why=sorted(set(why))[:MOST_REASONS])
    )


@periodic(_DAILY, name="running-versions")
def reckon_running(session: AnySession) -> None:
    """Reckon the session's municipality anew: after a restore, and for what was enabled before this was counted."""
    for installation in session.scalars(select(Installation).where(Installation.tenant_id == current_tenant(session))):
        note_running(session, installation)


def _how(change: VersionChange | None) -> str:
    if change is None:
        return "enabled"
    if change.kind == "went_back":
        return "went_back"
    return "automatic" if change.automatic else "by_hand"


def _place(installation: Installation) -> str:
    return blind_index(f"{installation.tenant_id}:{installation.app_id}", "running-version")
