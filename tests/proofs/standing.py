"""Lumbung as it stands in production, small: a real PostgreSQL that keeps what it committed, gunicorn, a worker and a
mail server, each a process (the mail server a thread) that a proof may kill and start again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import db
from lumbung.migrate.runner import upgrade
from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.leash import start_leashed
from lumbung.postgres.roles import DatabaseUrls
from lumbung.settings import Settings
from lumbung.supervisor.children import web_child, worker_child
from lumbung.supervisor.settings import SupervisorSettings
from lumbung.web.sites import LumbungFlask
from tests.remembered_scenarios import remember_scenarios
from tests.siaran import enable_siaran
from tests.waiting_python import Fork, WaitingPython
from tests.world import World, build_world
from wsgi import create_app

ROOT = Path(__file__).resolve().parents[2]
HUB_HOST = "lumbung.test"
Process = subprocess.Popen[bytes] | Fork


class SlowMailbox:
    """A mail server that takes its time, so that a kill finds letters half handed over, and forgets nothing."""

    def __init__(self) -> None:
        self.received: defaultdict[str, list[str]] = defaultdict(list)
        """Message-IDs by recipient, in the order in which they came, repeats included."""
        self.mails: defaultdict[str, list[str]] = defaultdict(list)
        """The texts of the same mails, decoded."""
        self.taking = 0
        """How many letters are being handed over right now."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        mail = message_from_bytes(envelope.content, policy=default_policy)
        for recipient in envelope.rcpt_tos:
            self.received[recipient].append(str(mail["Message-ID"]))
            self.mails[recipient].append(_words_of(mail))
        # Taken, but not yet said so: whoever is killed now sends it again.
        self.taking += 1
        await asyncio.sleep(random.uniform(0.01, 0.1))
        self.taking -= 1
        return "250 OK"


def _words_of(mail: EmailMessage) -> str:
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return " ".join([*(str(value) for value in mail.values()), *map(str, parts)])


@contextlib.contextmanager
def mail_server() -> Iterator[tuple[SlowMailbox, int]]:
    """A mail server of its own and its port."""
    mailbox = SlowMailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=unused_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


@dataclass
class Sent:
    """A report that was acknowledged: the citizen was led to the page with the code."""

    number: int
    record_id: UUID
    photo: bool = False
    answered: str = ""
    """The official's words, once they were acknowledged too."""

    @property
    def title(self) -> str:
        return f"Lampu mati nomor {self.number}"

    @property
    def email(self) -> str:
        return f"warga-{self.number}@warga.id"


@dataclass
class Stand:
    """Everything that runs, and the application in this process for looking into the database."""

    folder: Path
    cluster: EmbeddedCluster
    urls: DatabaseUrls
    port: int
    mailbox: SlowMailbox
    smtp: Controller
    waiting: WaitingPython | None
    """What its processes are forks of; without it they start as in production."""
    world: World = field(init=False)
    app: LumbungFlask = field(init=False)
    installation_id: UUID = field(init=False)
    web: Process | None = None
    worker: Process | None = None
    ended_by_itself: int = 0
    sent: list[Sent] = field(default_factory=list)
    """Every report that anybody was told of; the proofs on one stand share it, so that all can be accounted for."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _log: Any = None

    def settings(self) -> Settings:
        """The settings of the application, for this process."""
        return Settings(
            database_url=self.urls.application,
            migration_database_url=self.urls.migration,
            secret_key="only-for-tests-0123456789abcdef",
            base_url=f"https://{HUB_HOST}",
            instance=self.folder / "instance",
            smtp_url=f"smtp://127.0.0.1:{self.smtp.port}",
            map_tiles_url="/static/tile.png",
            quiet_hours=None,
            testing=True,
        )

    def environment(self) -> dict[str, str]:
        """The same for child processes."""
        settings = self.settings()
        kept = {key: value for key, value in os.environ.items() if "DATABASE_URL" not in key}
        return kept | {
            "DATABASE_URL": settings.database_url,
            "SECRET_KEY": settings.secret_key,
            "BASE_URL": settings.base_url,
            "LUMBUNG_INSTANCE": str(settings.instance),
            "SMTP_URL": settings.smtp_url or "",
            "QUIET_HOURS": "off",
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "error",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        }

    def start_web(self) -> None:
        """Start gunicorn as the supervisor does; where processes are forks its workers are too, and back at once."""
        self.web = self.serve(self.port, preload=self.waiting is not None)

    def serve(self, port: int, application: str = "wsgi:create_app()", *, preload: bool) -> Process:
        """A gunicorn of two workers on this port."""
        child = web_child(SupervisorSettings(port=port, root=ROOT, web_workers=2, web_threads=8), None)
        command = [application if word == "wsgi:create_app()" else word for word in child.command]
        return self._start([*command, *(["--preload"] if preload else [])], child.death_signal)

    def start_worker(self) -> None:
        """Start the worker as the supervisor does."""
        child = worker_child(SupervisorSettings(root=ROOT))
        assert child is not None
        self.worker = self._start(list(child.command), child.death_signal)

    def kill_web(self, *, arbiter: bool) -> None:
        """kill -9 of every process of gunicorn that serves; with `arbiter` of the one above them too, and a new start.

        The address is free again once the last of them is gone.
        """
        assert self.web is not None
        serving = children_of(self.web.pid)
        if arbiter:
            self.web.kill()
            self.web.wait()
        for pid in serving:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if arbiter:
            self.start_web()

    def kill_worker(self) -> None:
        """kill -9 of the worker, and a new start."""
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()
        self.start_worker()

    def kill_database(self) -> None:
        """kill -9 of the database server, and a new start as the supervisor does it."""
        assert self.cluster.process is not None
        self.cluster.process.kill()
        self.cluster.process.wait()
        self.cluster.stop()
        port = self.cluster.port
        self.cluster.start()
        assert self.cluster.port == port, "Its old port was taken."

    def tend(self) -> None:
        """Start again what ended by itself, as the supervisor does: who starts while the database is away gives up."""
        if self.web is not None and self.web.poll() is not None:
            self.ended_by_itself += 1
            self.start_web()
        if self.worker is not None and self.worker.poll() is not None:
            self.ended_by_itself += 1
            self.start_worker()

    def wait_until_served(self, port: int | None = None, seconds: float = 60) -> None:
        """Wait until the web answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port or self.port), 2) as one:
                one.sendall(f"GET /healthz HTTP/1.0\r\nHost: {HUB_HOST}\r\n\r\n".encode())
                if one.recv(12).endswith(b"200"):
                    return
            self.tend()
            time.sleep(0.05)
        raise AssertionError("The web does not answer.")

    def stop(self) -> None:
        """Stop everything and delete the folder."""
        for process in (self.web, self.worker):
            if process is not None:
                below = children_of(process.pid)
                process.kill()
                process.wait()
                for pid in below:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
        with self.app.app_context():
            db.engine.dispose()
        self.smtp.stop()
        self.cluster.destroy()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, command: list[str], death_signal: signal.Signals) -> Process:
        if self._log is None:
            self._log = (self.folder / "processes.log").open("ab")
        if self.waiting is not None:
            return self.waiting.start(command, environment=self.environment(), folder=ROOT, output=self._log)
        return start_leashed(
            command, death_signal=death_signal, output=self._log, environment=self.environment(), folder=ROOT
        )


def children_of(pid: int) -> list[int]:
    """The living processes whose parent is this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


@contextlib.contextmanager
def standing(*, waiting: WaitingPython | None = None, scenarios: Path | None = None) -> Iterator[Stand]:
    """A stand with the world of the tests, SIARAN enabled in Tangsel, and everything running. From the main thread.

    Its processes are forks of `waiting`, or start as in production. Reports of scenarios are kept in `scenarios`.
    """
    assert threading.current_thread() is threading.main_thread()
    folder = Path(tempfile.mkdtemp(prefix="lumbung-stand-"))
    folder.chmod(0o711)
    mailbox = SlowMailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=unused_port())
    smtp.start()
    cluster = EmbeddedCluster(folder / "database", base=folder / "server")
    cluster.start()
    stand = Stand(folder, cluster, cluster.ensure_database(), unused_port(), mailbox, smtp, waiting)
    upgrade(stand.urls.migration)
    stand.app = create_app(replace(stand.settings(), web_threads=2))
    remember_scenarios(stand.app, scenarios or folder / "scenarios")
    with stand.app.app_context():
        session = cast("scoped_session[Session]", db.session)
        stand.world = build_world(session)
        stand.installation_id = enable_siaran(session, stand.world).id
        db.session.remove()
    stand.start_web()
    stand.start_worker()
    try:
        stand.wait_until_served()
        yield stand
    except BaseException:
        sys.stderr.write((folder / "processes.log").read_text(errors="replace")[-4000:])
        raise
    finally:
        stand.stop()


def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
