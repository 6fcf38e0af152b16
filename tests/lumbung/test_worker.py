"""The worker as a process of its own: asked to stop, and killed."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import db, use_tenant
from lumbung.messages import Message, send_email
from lumbung.outbox.models import PeriodicRun
from lumbung.postgres.testing import SuiteServer
from lumbung.supervisor.settings import cli_command
from lumbung.web.sites import LumbungFlask
from tests.waiting_python import Fork, WaitingPython
from tests.world import World

Db = scoped_session[Session]
Start = Callable[[], Fork]


class SlowPostbox:
    """A mail server that takes a message and does not say so until it is let go."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.let_go = threading.Event()

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 - its name.
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        while not self.let_go.is_set():
            await asyncio.sleep(0.05)
        return "250 OK"


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


@pytest.fixture
def postbox() -> Iterator[tuple[SlowPostbox, int]]:
    """A running mail server and its port."""
    box = SlowPostbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    box.let_go.set()
    controller.stop()


@pytest.fixture
def with_mail(app: LumbungFlask, postbox: tuple[SlowPostbox, int], monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    """The application with that mail server."""
    url = f"smtp://127.0.0.1:{postbox[1]}"
    monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, smtp_url=url))
    return app


@pytest.fixture
def start_worker(with_mail: LumbungFlask, source_root: Path, waiting: WaitingPython) -> Iterator[Start]:
    """Starts a worker process on the test's database; whatever still runs at the end is killed."""
    settings = with_mail.lumbung
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "LUMBUNG_INSTANCE": str(settings.instance),
        "SMTP_URL": settings.smtp_url or "",
        "QUIET_HOURS": "off",
        "PYTHONPATH": f"{source_root / 'platform'}{os.pathsep}{source_root}",
    }
    started: list[Fork] = []

    def start() -> Fork:
        started.append(waiting.start(cli_command("worker"), environment=environment, folder=source_root))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def queue_message(session: Db, tenant_id: UUID) -> Message:
    use_tenant(session, tenant_id)
    message = send_email(session, to="siti@warga.test", subject="Halo", text="Halo")
    session.commit()
    assert isinstance(message, Message)
    return message


def swept(session: Db) -> bool:
    """Whether a worker is so far up that it has begun its first sweep."""
    session.rollback()
    return session.execute(select(func.count()).select_from(PeriodicRun)).scalar_one() > 0


def status(session: Db, message: Message) -> str:
    session.rollback()
    return session.execute(select(Message.status).where(Message.id == message.id)).scalar_one()


def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_begun(
    session: Db, world: World, postbox: tuple[SlowPostbox, int], start_worker: Start
) -> None:
    box = postbox[0]
    message = queue_message(session, world.tangsel.id)
    process = start_worker()
    wait_until(lambda: len(box.taken) == 1)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None
    box.let_go.set()
    assert process.wait(20) == 0
    assert status(session, message) == "sent"
    assert len(box.taken) == 1


def test_a_killed_worker_loses_nothing_and_repeats_the_same_message_id(
    session: Db, world: World, postbox: tuple[SlowPostbox, int], start_worker: Start
) -> None:
    box = postbox[0]
    message = queue_message(session, world.tangsel.id)
    process = start_worker()
    wait_until(lambda: len(box.taken) == 1)
    process.kill()
    process.wait()
    assert status(session, message) == "queued"
    box.let_go.set()
    start_worker()
    wait_until(lambda: status(session, message) == "sent")
    assert len(box.taken) == 2
    assert all(message.message_id.encode() in content for content in box.taken)


def test_a_worker_survives_the_loss_of_its_connections(
    session: Db, world: World, postbox: tuple[SlowPostbox, int], start_worker: Start, suite_server: SuiteServer
) -> None:
    box = postbox[0]
    box.let_go.set()
    process = start_worker()
    tenant_id = world.tangsel.id
    first = queue_message(session, tenant_id)
    wait_until(lambda: status(session, first) == "sent")
    database = session.execute(select(func.current_database())).scalar_one()
    session.remove()
    # The worker's connections are meant; those of the test itself are trusted for a second and would fail it.
    db.engine.dispose()
    with suite_server.admin_connection() as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [database])
    second = queue_message(session, tenant_id)
    wait_until(lambda: status(session, second) == "sent")
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_an_idle_worker_stops_at_once(session: Db, world: World, start_worker: Start) -> None:
    process = start_worker()
    wait_until(lambda: swept(session))
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    # Far less than the half minute between two sweeps, so it was woken and did not sleep on.
    assert process.wait(20) == 0
