"""One look at the platform: is anything late, is anything full, what runs where."""

from __future__ import annotations

import platform
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from uuid import UUID

from sqlalchemy import func, select, text

from app_catalog.releases.models import App, Release
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.doctor import ASSERTIONS, Finding, examine_url
from lumbung.i18n import t
from lumbung.metrics import Measured, list_measured
from lumbung.migrate.runner import newest_revision
from lumbung.money.going_live import MoneyHealth, read_health
from lumbung.outbox.models import EffectStatus, PlatformEffect, Wakeup
from lumbung.settings import Settings
from tenants.municipalities.models import Municipality

LATE = timedelta(minutes=2)
"""A worker looks every few seconds and measures every minute; what waits longer than this waits for nobody."""
_LITTLE_ROOM = 0.1


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What waits for a worker. `measured_at` is when one last measured; None: never."""

    due: int
    oldest: datetime | None
    hub_failed: int
    measured_at: datetime | None
    late: bool
    stopped: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One municipality in numbers."""

    name: str
    slug: str
    region_code: str
    status: str
    apps: int
    records_open: int
    records_overdue: int
    clocks_due: int
    clocks_late: timedelta
    effects_waiting: int
    effects_failed: int
    storage: int
    measured_at: datetime | None

    @property
    def troubled(self) -> bool:
        """Whether deadlines are behind or effects were given up here."""
        return self.clocks_late > LATE or self.effects_failed > 0


@dataclass(frozen=True, kw_only=True)
class Published:
    """One version of an app in the catalog."""

    slug: str
    version: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything on the operators' page; sizes in bytes."""

    queue: Queue
    rows: Sequence[Row]
    findings: Sequence[Finding]
    assertions: int
    database_size: int
    disk_free: int
    disk_total: int
    versions: Sequence[tuple[str, str]]
    releases: Sequence[Published]
    money: MoneyHealth

    @property
    def little_room(self) -> bool:
        return self.disk_free < self.disk_total * _LITTLE_ROOM

    @property
    def storage(self) -> int:
        return sum(row.storage for row in self.rows)

    @property
    def clocks_due(self) -> int:
        return sum(row.clocks_due for row in self.rows)

    @property
    def effects_failed(self) -> int:
        return self.queue.hub_failed + sum(row.effects_failed for row in self.rows)


def read_overview(session: AnySession, settings: Settings) -> Overview:
    """How the platform fares now; what is about municipalities is as a worker last measured it."""
    measured, files_root = list_measured(session), settings.files_root
    disk = shutil.disk_usage(files_root if files_root.exists() else files_root.parent)
    return Overview(
        queue=_queue(session, measured),
        rows=_rows(session, measured),
        findings=examine_url(settings.database_url),
        assertions=len(ASSERTIONS),
        database_size=session.scalar(select(func.pg_database_size(func.current_database()))) or 0,
        disk_free=disk.free,
        disk_total=disk.total,
        versions=_versions(session),
        releases=_releases(session),
        money=read_health(session, settings),
    )


def _queue(session: AnySession, measured: Sequence[Measured]) -> Queue:
    moment = now()
    due, oldest = session.execute(select(func.count(), func.min(Wakeup.due_at)).where(Wakeup.due_at <= moment)).one()
    failed = session.scalar(
        select(func.count()).select_from(PlatformEffect).where(PlatformEffect.status == EffectStatus.FAILED)
    )
    newest = max((one.measured_at for one in measured), default=None)
    return Queue(
        due=due,
        oldest=oldest,
        hub_failed=failed or 0,
        measured_at=newest,
        late=oldest is not None and moment - oldest > LATE,
        stopped=newest is None or moment - newest > LATE + timedelta(minutes=1),
    )


def _rows(session: AnySession, measured: Sequence[Measured]) -> list[Row]:
    sums: dict[UUID, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    times: dict[UUID, datetime] = {}
    for one in measured:
        sums[one.tenant_id][one.name] += one.value
        times[one.tenant_id] = one.measured_at
    rows = [
        _row(place, sums[place.id], times.get(place.id))
        for place in session.scalars(select(Municipality).order_by(Municipality.name))
    ]
    return sorted(rows, key=lambda row: not row.troubled)


def _row(place: Municipality, numbers: dict[str, float], measured_at: datetime | None) -> Row:
    return Row(
        name=place.name,
        slug=place.slug,
        region_code=place.region_code,
        status=place.status,
        apps=int(numbers["installation_enabled"]),
        records_open=int(numbers["records_open"]),
        records_overdue=int(numbers["records_overdue"]),
        clocks_due=int(numbers["clocks_due"]),
        clocks_late=timedelta(seconds=numbers["clocks_late_seconds"]),
        effects_waiting=int(numbers["effects_waiting"]),
        effects_failed=int(numbers["effects_failed"]),
        storage=int(numbers["storage_bytes"]),
        measured_at=measured_at,
    )


def _versions(session: AnySession) -> list[tuple[str, str]]:
    server = session.scalar(text("SHOW server_version")) or ""
    # The application's role may not read what the database carries; started, it carries what the code expects.
    schema = newest_revision()
    return [
        ("Lumbung", version("lumbung")),
        (t("Skema", "Schema"), schema),
        ("PostgreSQL", str(server).partition(" ")[0]),
        ("Python", platform.python_version()),
    ]


def _releases(session: AnySession) -> list[Published]:
    rows = session.execute(
        select(App.slug, Release.version, Release.created_at)
        .join(Release, Release.app_id == App.id)
        .order_by(Release.created_at.desc())
        .limit(20)
    )
    return [Published(slug=slug, version=number, created_at=at) for slug, number, at in rows]
