"""How far a release has come, for its publisher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import semver
from sqlalchemy import func, select

from app_catalog.catalog.services import list_adopters
from app_catalog.deprecations.reading import Deprecated, list_deprecated, of_release
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release, ReleaseEvent
from app_catalog.releases.states import ReleaseState
from app_catalog.requests.models import AppRequest
from app_catalog.spread.models import RunningVersion
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality

_ZONE = ZoneInfo("Asia/Jakarta")
MOST_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Runners:
    """Municipalities that run one version: those that say so in public by name, and how many there are besides."""

    version: str
    number: int
    named: Sequence[tuple[str, Municipality]]

    @property
    def unnamed(self) -> int:
        """How many do not say so in public."""
        return max(0, self.number - len(self.named))


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many began to run the version on a day (Jakarta), by how, and how many there were by its end."""

    day: date
    number: int
    by_now: int
    how: Counter[str]


@dataclass(frozen=True, slots=True)
class Spread:
    """A release from its submission to the municipalities."""

    state: ReleaseState
    events: Sequence[ReleaseEvent]
    ends: Deprecated | None
    here: Runners
    all: int
    how: Counter[str]
    days: Sequence[Arrived]
    older: Sequence[Runners]
    newer: int
    refused: int
    reasons: Sequence[tuple[Text, int]]
    requests: Sequence[AppRequest]

    @property
    def behind(self) -> int:
        """How many run an older version."""
        return sum(one.number for one in self.older)


def get_spread(session: AnySession, app: App, state: ReleaseState) -> Spread:
    """Everything about one release of an app; figures are counts, names are those that are public."""
    release = state.release
    rows = session.execute(
        select(
            Release.version,
            RunningVersion.release_id,
            RunningVersion.since,
            RunningVersion.how,
            RunningVersion.refused_release_id,
            RunningVersion.refused_why,
        )
        .join(Release, Release.id == RunningVersion.release_id)
        .where(RunningVersion.app_id == app.id)
        .order_by(RunningVersion.since)
    ).all()
    named = list_adopters(session, app.id)
    counted = Counter(row.version for row in rows)

    def runners(version: str) -> Runners:
        public = [(one.shown_as, municipality) for one, municipality in named if one.version == version]
        return Runners(version, max(counted[version], len(public)), public)

    own = semver.Version.parse(release.version)
    versions = sorted({*counted, *(one.version for one, _ in named)}, key=semver.Version.parse, reverse=True)
    refused = [row for row in rows if row.refused_release_id == release.id and row.release_id != release.id]
    here = [row for row in rows if row.release_id == release.id]
    return Spread(
        state=state,
        events=session.scalars(
            select(ReleaseEvent)
            .where(ReleaseEvent.release_id == release.id)
            .order_by(ReleaseEvent.created_at, ReleaseEvent.id)
        ).all(),
        ends=of_release(list_deprecated(session, [app.id]), release.id),
        here=runners(release.version),
        all=sum(runners(version).number for version in versions),
        how=Counter(row.how for row in here),
        days=_days([(row.since.astimezone(_ZONE).date(), row.how) for row in here]),
        older=[runners(version) for version in versions if semver.Version.parse(version) < own],
        newer=sum(runners(version).number for version in versions if semver.Version.parse(version) > own),
        refused=len(refused),
        reasons=_reasons(session, release, Counter(code for row in refused for code in row.refused_why)),
        requests=session.scalars(
            select(AppRequest)
            .where(AppRequest.app_id == app.id, AppRequest.version == release.version)
            .order_by(AppRequest.created_at.desc())
            .limit(MOST_REQUESTS)
        ).all(),
    )


def count_runners(session: AnySession, app_id: UUID) -> dict[UUID, int]:
    """How many municipalities run each release of an app, by release."""
    rows = session.execute(
        select(RunningVersion.release_id, func.count())
        .where(RunningVersion.app_id == app_id)
        .group_by(RunningVersion.release_id)
    )
    return dict(rows.all())


def _days(arrived: Sequence[tuple[date, str]]) -> list[Arrived]:
    found: list[Arrived] = []
    for day in sorted({day for day, _ in arrived}):
        how = Counter(how for when, how in arrived if when == day)
        before = found[-1].by_now if found else 0
        found.append(Arrived(day, how.total(), before + how.total(), how))
    return found


def _reasons(session: AnySession, release: Release, codes: Counter[str]) -> list[tuple[Text, int]]:
    """What kept the update policy from the release, in the package's own words, the commonest first."""
    if not codes:
        return []
    settings = load_release_definition(session, release.id).settings
    scenarios = {str(one.get("id")): one.get("name", {}) for one in release.report.get("scenarios", [])}
    found = []
    for code, number in codes.most_common():
        kind, _, name = code.partition(":")
        if kind == "setting":
            words = Text("Pengaturan “{name}” tidak cocok lagi", "The setting “{name}” does not fit any more")
            label = Text.of(settings[name].label) if name in settings else Text(name, name)
        elif kind == "scenario":
            words = Text("Uji “{name}” tidak lulus di sana", "The proof “{name}” fails there")
            label = Text.of(scenarios.get(name) or name)
        elif kind == "mapping":
            words = Text("Perbaikan kecil yang meminta pemetaan", "A patch that asks for a mapping")
            label = Text("", "")
        else:
            words = Text("Lainnya", "Something else")
            label = Text("", "")
        found.append((words.format(name=label), number))
    return found
