"""What the pages of versions and moves show."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import semver
from sqlalchemy import func, select

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.deprecations.reading import Deprecated, list_deprecated, of_release
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation, VersionChange
from app_catalog.installations.versions import digests_of, list_version_changes
from app_catalog.releases.models import Release
from app_catalog.releases.states import ReleaseState, list_states
from app_runtime.records.models import Record
from app_runtime.upgrades.forms import LEAVE
from app_runtime.upgrades.mapping import Mapping, candidates, find_gaps
from app_runtime.upgrades.models import MovedRecord, RecordMove
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.i18n import pick, t

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class OfferedVersion:
    """A version that new records could be made by: `newer` than the present one or not, run here `before` or not;
    `ends` tells when its support does."""

    release: Release
    newer: bool
    before: bool
    yanked: bool
    reason: str
    ends: Deprecated | None


@dataclass(frozen=True, slots=True)
class VersionInUse:
    """A version that records here are on."""

    digest: str
    version: str
    present: bool
    open: int
    closed: int
    types: Sequence[RecordType]


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """Everything about the versions of one installation."""

    present: Release
    since: datetime
    offered: Sequence[OfferedVersion]
    in_use: Sequence[VersionInUse]
    changes: Sequence[VersionChange]
    moves: Sequence[RecordMove]
    ends: Deprecated | None


def get_versions_page(session: AnySession, installation: Installation) -> VersionsPage:
    """The present version, those on offer by the installation's channel, those that records are on, what happened."""
    present = session.get_one(Release, installation.release_id)
    changes = list_version_changes(session, installation)
    ran = {change.from_digest for change in changes}
    endings = list_deprecated(session, [installation.app_id])
    own = {one.release_id: one for one in endings if one.release_id is not None}
    offered = [
        _offered(state, present, ran, own.get(state.release.id))
        for state in list_states(session, installation.app_id)
        if state.release.id != present.id and _on_offer(state, installation, ran, own.get(state.release.id))
    ]
    return VersionsPage(
        present,
        changes[0].created_at if changes else installation.enabled_at,
        offered,
        _in_use(session, installation),
        changes,
        session.scalars(
            select(RecordMove)
            .where(RecordMove.tenant_id == installation.tenant_id, RecordMove.installation_id == installation.id)
            .order_by(RecordMove.created_at.desc())
            .limit(MOST_SHOWN)
        ).all(),
        of_release(endings, present.id),
    )


def access_release(session: AnySession, installation: Installation, version: str) -> Release:
    """A version that could be switched to. Raises NotFound for the present one and for what is not on offer."""
    for one in get_versions_page(session, installation).offered:
        if one.release.version == version:
            return one.release
    raise NotFound


def access_move(session: AnySession, installation: Installation, move_id: object) -> RecordMove:
    """A move of this installation. Raises NotFound."""
    found = session.scalar(
        select(RecordMove).where(
            RecordMove.tenant_id == current_tenant(session),
            RecordMove.id == move_id,
            RecordMove.installation_id == installation.id,
        )
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A select of the mapping form: what is asked about, and what can be answered."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str = ""


@dataclass(frozen=True, slots=True)
class MovePage:
    """A move that is being prepared: open records of one type on one version."""

    before: Definition
    after: Definition
    kind: RecordType
    states: Sequence[tuple[str, str, int]]
    state_questions: Sequence[Question]
    field_questions: Sequence[Question]
    value_questions: Sequence[tuple[str, str, str]]
    proposed: Dict[str, str]


def get_move_page(session: AnySession, installation: Installation, digest: str, record_type: str) -> MovePage:
    """What has to be answered before records of a type leave a version for the present one. Raises NotFound."""
    before = definition_by_digest(session, digest)
    after = definition_by_digest(session, installation.definition_digest)
    kind, target = before.records.get(record_type), after.records.get(record_type)
    if kind is None or target is None or before.digest == after.digest:
        raise NotFound
    gaps = find_gaps(kind, target)
    counted = dict(
        session.execute(
            select(Record.state, func.count())
            .where(
                Record.tenant_id == installation.tenant_id,
                Record.installation_id == installation.id,
                Record.record_type == record_type,
                Record.definition_digest == digest,
            )
            .group_by(Record.state)
        ).all()
    )
    states = kind.workflow.states if kind.workflow else {}
    new_states = [(one.id, pick(one.label)) for one in (target.workflow.states.values() if target.workflow else ())]
    return MovePage(
        before,
        after,
        kind,
        [(one.id, pick(one.label), counted[one.id]) for one in states.values() if counted.get(one.id)],
        [Question(f"states.{name}", pick(states[name].label), new_states) for name in gaps.states],
        [
            Question(
                f"fields.{name}",
                pick(kind.fields[name].label),
                [
                    *((spec.id, pick(spec.label)) for spec in candidates(kind.fields[name], target)),
                    ("-", t("Tinggalkan (tetap ada di riwayat)", "Leave it (it stays in the history)")),
                ],
            )
            for name in gaps.fields
        ],
        [(f"values.{name}", pick(target.fields[name].label), target.fields[name].type) for name in gaps.values],
        _proposed(session, installation, digest, record_type),
    )


def _proposed(session: AnySession, installation: Installation, digest: str, record_type: str) -> dict[str, str]:
    """How the publisher's mapping answers the form for moves, by field; nothing without one."""
    release_id = digests_of(session, installation).get(digest)
    for one in list_deprecated(session, [installation.app_id]):
        if one.release_id == release_id and one.mapping.get(record_type):
            mapping = Mapping.of(one.mapping[record_type])
            answers = {f"states.{name}": state for name, state in mapping.states.items()}
            answers |= {f"fields.{name}": target or LEAVE for name, target in mapping.fields.items()}
            return answers | {f"values.{name}": str(value) for name, value in mapping.values.items()}
    return {}


def list_told(session: AnySession, move: RecordMove) -> list[tuple[Record, MovedRecord]]:
    """Records that were not moved, or could not be taken back, with the reasons; the first hundred."""
    rows = session.execute(
        select(Record, MovedRecord)
        .join(MovedRecord, (MovedRecord.tenant_id == Record.tenant_id) & (MovedRecord.record_id == Record.id))
        .where(
            Record.tenant_id == move.tenant_id,
            MovedRecord.move_id == move.id,
            MovedRecord.outcome.in_(("refused", "kept")),
        )
        .order_by(MovedRecord.id)
        .limit(MOST_SHOWN)
    )
    return [(row[0], row[1]) for row in rows]


def _on_offer(state: ReleaseState, installation: Installation, ran: set[str], ends: Deprecated | None) -> bool:
    if state.release.digest in ran:
        return True
    if ends is not None and ends.over:
        return False
    return state.kind == "published" and (installation.channel == "beta" or state.channel == "stable")


def _offered(state: ReleaseState, present: Release, ran: set[str], ends: Deprecated | None) -> OfferedVersion:
    newer = semver.Version.parse(state.release.version) > semver.Version.parse(present.version)
    yanked = state.kind == "yanked"
    return OfferedVersion(
        state.release, newer, state.release.digest in ran, yanked, state.event.reason if yanked else "", ends
    )


def _in_use(session: AnySession, installation: Installation) -> list[VersionInUse]:
    rows = session.execute(
        select(Record.definition_digest, func.count().filter(Record.open), func.count().filter(~Record.open))
        .where(Record.tenant_id == installation.tenant_id, Record.installation_id == installation.id)
        .group_by(Record.definition_digest)
    )
    target = definition_by_digest(session, installation.definition_digest)
    found = []
    for digest, still_open, closed in rows:
        definition = definition_by_digest(session, digest)
        movable = [kind for kind in definition.records.values() if kind.id in target.records]
        present = digest == target.digest
        found.append(VersionInUse(digest, definition.version, present, still_open, closed, movable))
    return sorted(found, key=lambda one: semver.Version.parse(one.version), reverse=True)
