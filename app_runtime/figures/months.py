"""Months of figures: reckoned from history while they are open, frozen for good afterwards (ADR 0036).

A month is open for seven days after its end. Then its figures are frozen, and neither erasure nor the deletion of
records changes them. What is noted afterwards of a frozen month counts in the oldest open one; what is imported of a
frozen month counts nowhere, because it would tell of the wrong time. Nothing that is being written while a month is
frozen gets lost: rows of the last hour count as late already, and no transaction takes an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_keep

from app_catalog.figures.models import FrozenFigures, MonthlyFigures
from app_catalog.installations.models import Installation
from app_runtime.figures.happened import EVERYTHING, Span
from app_runtime.figures.tally import Tally, count_events
from app_runtime.records.municipal import session_municipality
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id

OPEN_FOR = timedelta(days=7)
"""How long after its end a month stays open."""
UNDER_WAY = timedelta(hours=1)
"""Longer than any transaction takes."""
Months = Mapping[tuple[date, str, str], Tally]


def reckon_months(session: AnySession, installation: Installation, *, under_way: timedelta = UNDER_WAY) -> None:
    """Freeze the months whose time has come and write the open ones anew; two at once wait for each other."""
    frozen = _lock(session, installation)
    zone = _zone(session)
    before = _month((now() - OPEN_FOR).astimezone(zone))
    if frozen.before is None or frozen.before < before:
        _freeze(session, installation, frozen, before, id_at(datetime.now(UTC) - under_way))
    open_months = count_open(session, installation, frozen)
    _forget(session, installation, MonthlyFigures.frozen.is_(False))
    _write(session, installation, open_months, frozen=False)


def reckon_anew(session: AnySession, installation: Installation) -> None:
    """Forget what is frozen and reckon every month from history: for invented data, where the past is written later."""
    frozen = _lock(session, installation)
    frozen.before = frozen.watermark = None
    session.flush()
    _forget(session, installation)
    # Nothing is under way, and the watermark comes after all that was written.
    reckon_months(session, installation, under_way=-timedelta(milliseconds=1))


def count_open(session: AnySession, installation: Installation, frozen: FrozenFigures | None = None) -> Months:
    """The open months as they are at this moment, from history."""
    frozen = frozen or _find(session, installation)
    before = frozen.before if frozen else None
    watermark = frozen.watermark if frozen else None
    zone = _zone(session)
    return _count(session, installation, zone, before, watermark)


def list_figures(session: AnySession, installation: Installation) -> list[MonthlyFigures]:
    """All months, the newest first: the frozen ones as they are kept, the open ones counted at this moment. Within a
    month the whole comes first. The rows of open months are not in the session."""
    kept = session.scalars(
        select(MonthlyFigures).where(
            MonthlyFigures.tenant_id == installation.tenant_id,
            MonthlyFigures.installation_id == installation.id,
            MonthlyFigures.frozen.is_(True),
        )
    ).all()
    counted = [
        MonthlyFigures(**_row(installation, key, tally, frozen=False))
        for key, tally in count_open(session, installation).items()
    ]
    rows = sorted([*kept, *counted], key=lambda row: (row.version, row.record_type))
    return sorted(rows, key=lambda row: row.month, reverse=True)


def frozen_until(session: AnySession, installation: Installation) -> datetime | None:
    """Records that were last touched before this moment may be deleted without any change to a figure: the months in
    which something happened to them are frozen. None while no month is. For whatever deletes records by retention."""
    frozen = _find(session, installation)
    if frozen is None or frozen.before is None:
        return None
    return datetime.combine(frozen.before, time(), _zone(session))


def id_at(moment: datetime) -> UUID:
    """The smallest id that could have been made at `moment` (UUID version 7, RFC 9562, section 5.7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)


def _freeze(
    session: AnySession, installation: Installation, frozen: FrozenFigures, before: date, watermark: UUID
) -> None:
    months = _count(session, installation, _zone(session), frozen.before, frozen.watermark, until=watermark)
    passed = {key: tally for key, tally in months.items() if key[0] < before}
    _forget(session, installation, MonthlyFigures.frozen.is_(False))
    _write(session, installation, passed, frozen=True)
    frozen.before, frozen.watermark = before, watermark
    session.flush()


def _count(
    session: AnySession,
    installation: Installation,
    zone: ZoneInfo,
    before: date | None,
    watermark: UUID | None,
    *,
    until: UUID | None = None,
) -> Months:
    def bucket(at: datetime, row_id: UUID, imported: bool) -> date | None:
        month = _month(at.astimezone(zone))
        if before is None or watermark is None or month >= before:
            return month
        return before if row_id >= watermark and not imported else None

    span = EVERYTHING
    if before is not None and watermark is not None:
        span = Span(since=datetime.combine(before, time(), zone), or_from=watermark)
    return count_events(session, installation, bucket, replace(span, until=until))


def _write(session: AnySession, installation: Installation, months: Months, *, frozen: bool) -> None:
    rows = [_row(installation, key, tally, frozen=frozen) for key, tally in months.items()]
    if rows:
        session.execute(insert(MonthlyFigures), rows)


def _row(installation: Installation, key: tuple[date, str, str], tally: Tally, *, frozen: bool) -> dict[str, Any]:
    month, version, record_type = key
    return {
        "tenant_id": installation.tenant_id,
        "id": new_id(),
        "installation_id": installation.id,
        "month": month,
        "version": version,
        "record_type": record_type,
        "frozen": frozen,
        "created_at": now(),
        **tally.columns(),
    }


def _forget(session: AnySession, installation: Installation, *conditions: ColumnElement[bool]) -> None:
    session.execute(
        delete(MonthlyFigures)
        .where(
            MonthlyFigures.tenant_id == installation.tenant_id,
            MonthlyFigures.installation_id == installation.id,
            *conditions,
        )
        .execution_options(synchronize_session=False)
    )


def _find(session: AnySession, installation: Installation) -> FrozenFigures | None:
    return session.scalar(_of(installation))


def _lock(session: AnySession, installation: Installation) -> FrozenFigures:
    session.execute(
        insert_or_keep(FrozenFigures)
        .values(tenant_id=installation.tenant_id, id=new_id(), installation_id=installation.id, created_at=now())
        .on_conflict_do_nothing()
    )
    locked = _of(installation).with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).one()


def _of(installation: Installation) -> Select[FrozenFigures]:
    return select(FrozenFigures).where(
        FrozenFigures.tenant_id == installation.tenant_id, FrozenFigures.installation_id == installation.id
    )


def _zone(session: AnySession) -> ZoneInfo:
    return ZoneInfo(session_municipality(session).timezone)


def _month(local: datetime) -> date:
    return local.date().replace(day=1)
