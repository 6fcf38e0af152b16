"""Once a minute the worker counts, inside each municipality, what operators and Prometheus want to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.files.models import StoredFile
from lumbung.ids import new_id
from lumbung.metrics.models import Measurement
from lumbung.outbox import periodic
from lumbung.outbox.models import Effect, EffectStatus

MEASURE_SECONDS = 60


@dataclass(frozen=True)
class Gauge:
    """What a number means. `name` without the prefix `lumbung_`; `help` is the line that Prometheus shows."""

    name: str
    help: str


@dataclass(frozen=True)
class Sample:
    """A number of a gauge; `app` is empty for the municipality as a whole."""

    name: str
    value: float
    app: str = ""


@dataclass(frozen=True)
class Measured:
    """A number as it was kept."""

    tenant_id: UUID
    name: str
    app: str
    value: float
    measured_at: datetime


Reader = Callable[[AnySession, UUID], Iterable[Sample]]
"""Counts in the session's municipality. One statement, or very few: there are 514 municipalities and a minute."""

_readers: dict[Reader, tuple[Gauge, ...]] = {}


def measures(*gauges: Gauge) -> Callable[[Reader], Reader]:
    """Have the decorated reader called once a minute in every municipality; it gives samples of `gauges` only."""

    def register(reader: Reader) -> Reader:
        _readers[reader] = gauges
        return reader

    return register


def list_gauges() -> list[Gauge]:
    """All gauges, in the order of their readers."""
    return [gauge for gauges in _readers.values() for gauge in gauges]


def list_measured(session: AnySession) -> Sequence[Measured]:
    """What was last measured everywhere, at most a few minutes old while a worker runs."""
    columns = (
        Measurement.tenant_id,
        Measurement.name,
        Measurement.app,
        Measurement.value,
        Measurement.measured_at,
    )
    rows = session.execute(select(*columns).order_by(Measurement.tenant_id, Measurement.name, Measurement.app))
    return [Measured(*row) for row in rows]


def measure_municipality(session: AnySession) -> int:
    """Count in the session's municipality and put the numbers in place of the former ones; returns how many.

    Raises ValueError when a reader gives a sample of a gauge that it did not declare.
    """
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise ValueError("Measuring needs a municipality.")
    moment = now()
    rows = []
    for reader, gauges in _readers.items():
        declared = {gauge.name for gauge in gauges}
        for sample in reader(session, tenant_id):
            if sample.name not in declared:
                raise ValueError(f"Nobody declared the gauge {sample.name!r}.")
            rows.append(
                {
                    "id": new_id(),
                    "tenant_id": tenant_id,
                    "name": sample.name,
                    "app": sample.app,
                    "value": float(sample.value),
                    "measured_at": moment,
                }
            )
    session.execute(delete(Measurement).where(Measurement.tenant_id == tenant_id))
    if rows:
        session.execute(insert(Measurement), rows)
    return len(rows)


@periodic(MEASURE_SECONDS, name="metrics.measure")
def _measure(session: AnySession) -> None:
    measure_municipality(session)


@measures(
    Gauge("storage_bytes", "Bytes of the files that a municipality keeps."),
    Gauge("files", "Files that a municipality keeps."),
)
def _storage(session: AnySession, tenant_id: UUID) -> Iterable[Sample]:
    row = session.execute(
        select(func.coalesce(func.sum(StoredFile.size), 0), func.count()).where(StoredFile.tenant_id == tenant_id)
    ).one()
    return [Sample("storage_bytes", float(row[0])), Sample("files", row[1])]


@measures(
    Gauge("effects_waiting", "Messages and other effects that wait for a worker or for another attempt."),
    Gauge("effects_failed", "Effects that were given up and wait for somebody to try them again."),
    Gauge("effects_oldest_seconds", "Age of the oldest effect whose time has come."),
)
def _effects(session: AnySession, tenant_id: UUID) -> Iterable[Sample]:
    moment = now()
    pending = Effect.status == EffectStatus.PENDING
    waiting, failed, oldest = session.execute(
        select(
            func.count().filter(pending),
            func.count().filter(Effect.status == EffectStatus.FAILED),
            func.min(Effect.next_attempt_at).filter(pending, Effect.next_attempt_at <= moment),
        ).where(Effect.tenant_id == tenant_id, Effect.status != EffectStatus.DONE)
    ).one()
    age = (moment - oldest).total_seconds() if oldest else 0.0
    return [
        Sample("effects_waiting", waiting),
        Sample("effects_failed", failed),
        Sample("effects_oldest_seconds", age),
    ]
