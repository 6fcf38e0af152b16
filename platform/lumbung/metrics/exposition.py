"""`/metrics` on the hub, for Prometheus: the text that it reads."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator
from typing import cast

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client import REGISTRY as OWN_REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select

from lumbung.db.base import Base
from lumbung.db.clock import now
from lumbung.db.engine import db
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.metrics.measuring import list_gauges, list_measured
from lumbung.outbox.models import Wakeup
from lumbung.web.access import PUBLIC, access, for_programs
from lumbung.web.sites import LumbungFlask

metrics = Blueprint("metrics", __name__, subdomain="hub")
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@metrics.get("/metrics")
@access(PUBLIC)
@for_programs()
def show() -> Response:
    """Everything that is measured, for who brings the token of METRICS_TOKEN; without that setting it is not there.

    Raises NotFound for anybody else.
    """
    expected = cast(LumbungFlask, current_app).lumbung.metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not expected or scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotFound
    response = Response(render(db.session), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def render(session: AnySession) -> bytes:
    """The exposition text: what all processes of this server counted, and what workers measured in the database."""
    registry = CollectorRegistry()
    if os.environ.get(SHARED_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        counted = generate_latest(registry)
    else:
        counted = generate_latest(OWN_REGISTRY)
    of_database = CollectorRegistry()
    of_database.register(_FromDatabase(session))
    return counted + generate_latest(of_database)


class _FromDatabase:
    """What the database says, as gauges."""

    def __init__(self, session: AnySession) -> None:
        self.session = session

    def collect(self) -> Iterable[Metric]:
        yield from _queue(self.session)
        yield from _measured(self.session)


def _queue(session: AnySession) -> Iterator[Metric]:
    moment = now()
    due, oldest = session.execute(select(func.count(), func.min(Wakeup.due_at)).where(Wakeup.due_at <= moment)).one()
    yield GaugeMetricFamily("lumbung_wakeups_due", "Wake-ups whose time has come and that no worker answered yet.", due)
    age = (moment - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("lumbung_wakeups_oldest_seconds", "How late the oldest of them is.", age)


def _measured(session: AnySession) -> Iterator[Metric]:
    municipalities = Base.metadata.tables["municipalities"]
    slugs = {row.id: row.slug for row in session.execute(select(municipalities.c.id, municipalities.c.slug))}
    families = {
        gauge.name: GaugeMetricFamily(f"lumbung_{gauge.name}", gauge.help, labels=["municipality", "app"])
        for gauge in list_gauges()
    }
    newest = 0.0
    for one in list_measured(session):
        newest = max(newest, one.measured_at.timestamp())
        if one.name in families and one.tenant_id in slugs:
            families[one.name].add_metric([slugs[one.tenant_id], one.app], one.value)
    yield from families.values()
    yield GaugeMetricFamily(
        "lumbung_measured_timestamp_seconds", "When a worker last measured; an old one means that none runs.", newest
    )
