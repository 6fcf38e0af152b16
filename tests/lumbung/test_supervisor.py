"""The process behind `make run`: what it starts, what it says, and what it leaves behind."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import (
    SuiteServer,
    clone_database,
    create_template,
    start_suite_server,
    stop_suite_server,
)
from lumbung.supervisor import SupervisorError, SupervisorSettings, open_environment, run
from lumbung.supervisor.children import Child
from lumbung.supervisor.process import Supervisor
from lumbung.supervisor.web_check import require_free_port

# What gunicorn serves in these tests: it says which process answers.
WSGI = """
import os

def create_app():
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]
    return application
"""

RUNNER = """
import json, sys
from dataclasses import replace
from pathlib import Path
from lumbung.supervisor import Step, SupervisorSettings, run

told = json.loads(sys.argv[1])
settings = SupervisorSettings.from_environment(
    prepare=[Step(id, en, action) for id, en, action in told["prepare"]],
    announce=lambda address: [f"announced {address}"],
)
worker = told["worker"] or [sys.executable, "-c", "import time; time.sleep(600)"]
sys.exit(run(replace(settings, root=Path(told["root"]), web_workers=1, worker=worker)))
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", instance: Path, port: int) -> None:
        self.process, self.instance, self.port = process, instance, port

    def wait_until_ready(self) -> list[str]:
        """The lines it printed, up to the announcement."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("announced"):
                return lines
        pytest.fail("\n".join(lines))

    def get(self) -> str:
        """What the web answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def answers(self) -> bool:
        """Whether the web answers at all."""
        try:
            return bool(self.get())
        except (OSError, http.client.HTTPException):
            return False

    def children(self) -> list[int]:
        """Every living process that was started for this instance, the supervisor itself left out."""
        wanted = f"LUMBUNG_INSTANCE={self.instance}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        return [pid for pid in found if pid != self.process.pid]


Start = Callable[..., Running]


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def command_of(pid: int) -> bytes:
    """What a living process runs; nothing for one that has ended, also when nobody asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def urls() -> Iterator[DatabaseUrls]:
    """A database that is given to Lumbung, so that most tests need not make a cluster."""
    cluster, server = start_suite_server()
    yield _given_database(server)
    stop_suite_server(cluster)


def _given_database(server: SuiteServer) -> DatabaseUrls:
    create_template(server, "template_given", lambda _urls: None)
    return clone_database(server, "template_given", "given")


@pytest.fixture
def instance() -> Iterator[Path]:
    """A project folder with an application of its own, and the instance folder in it."""
    root = Path(tempfile.mkdtemp(prefix="lumbung-run-"))
    root.chmod(0o711)
    (root / "wsgi.py").write_text(WSGI)
    yield root / "instance"
    if (root / "instance" / "postgres.json").exists():
        EmbeddedCluster(root / "instance").destroy()
    shutil.rmtree(root)


@pytest.fixture
def start(instance: Path) -> Iterator[Start]:
    """Starts supervisors on the instance; whatever still runs at the end is killed."""
    started: list[Running] = []

    def begin(
        urls: DatabaseUrls | None = None,
        *,
        port: int | None = None,
        prepare: tuple[tuple[str, str, list[str]], ...] = (),
        worker: list[str] | None = None,
        prefix: tuple[str, ...] = (),
        **environment: str,
    ) -> Running:
        port = port or unused_port()
        given = {"DATABASE_URL": urls.application, "MIGRATION_DATABASE_URL": urls.migration} if urls else {}
        env = {key: value for key, value in os.environ.items() if "DATABASE_URL" not in key and key != "BASE_URL"}
        env |= {"PORT": str(port), "LUMBUNG_INSTANCE": str(instance), **given, **environment}
        told = json.dumps({"root": str(instance.parent), "prepare": prepare, "worker": worker})
        process = subprocess.Popen(
            [*prefix, sys.executable, "-c", RUNNER, told],
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(Running(process, instance, port))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        # When a test fails, because they were left behind, they would hold the pipe open for ever.
        for pid in running.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        running.process.communicate()


def refused(running: Running) -> str:
    """The one line that a supervisor gives when it cannot start."""
    _, errors = running.process.communicate(timeout=30)
    assert running.process.returncode == 1
    lines = errors.splitlines()
    assert len(lines) == 1, errors
    assert " / " in lines[0]
    assert "Traceback" not in errors
    assert not running.children()
    return lines[0]


def test_it_brings_everything_up_and_takes_everything_down(start: Start, instance: Path) -> None:
    prepared = instance.parent / "prepared"
    running = start(
        prepare=(
            ("Memigrasi", "Migrating", [sys.executable, "-c", f"import os; open({str(prepared)!r}, 'w').write("
             "os.environ['MIGRATION_DATABASE_URL'] + os.environ['SECRET_KEY'])"]),
        )
    )  # fmt: skip
    lines = running.wait_until_ready()
    assert "Memigrasi … / Migrating …" in lines
    assert lines[-2:] == [
        f"Lumbung siap / ready: http://localhost:{running.port}",
        f"announced http://localhost:{running.port}",
    ]
    assert "lumbung_migrator" in prepared.read_text()
    # gunicorn, its worker, the worker of jobs.
    assert len(running.children()) == 3
    assert int(running.get()) in running.children()
    state = json.loads((instance / "postgres.json").read_text())

    # A command in another terminal shares the database.
    with open_environment(instance, {}) as environment:
        assert str(state["port"]) in environment["DATABASE_URL"]
        assert prepared.read_text().endswith(environment["SECRET_KEY"])
        with psycopg.connect(environment["MIGRATION_DATABASE_URL"].replace("+psycopg", "")) as connection:
            connection.execute("CREATE SCHEMA AUTHORIZATION lumbung_owner")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert running.children() == []
    assert not (EmbeddedCluster(instance).home.data / "postmaster.pid").exists()

    # Again, with the data kept; and a kill of the parent takes everything along.
    again = start(port=running.port)
    again.wait_until_ready()
    assert json.loads((instance / "postgres.json").read_text()) == state
    children = again.children()
    server = int((EmbeddedCluster(instance).home.data / "postmaster.pid").read_text().split()[0])
    again.process.kill()
    again.process.wait()
    # At once, while the old ones are still leaving.
    third = start(port=running.port)
    third.wait_until_ready()
    assert not set(children) & set(third.children())
    assert not command_of(server)
    with open_environment(instance, {}) as environment:
        name = environment["MIGRATION_DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(name) as connection:
            found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'lumbung_owner'").fetchone()
            assert found == (1,)

    # The database alone dies: it comes back, and the rest goes on.
    server = int((EmbeddedCluster(instance).home.data / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGKILL)
    assert third.process.stdout is not None
    assert "The database ended, starting it again" in third.process.stdout.readline()
    with open_environment(instance, {}) as environment:
        psycopg.connect(environment["DATABASE_URL"].replace("+psycopg", "")).close()
    assert third.answers()


def test_the_end_of_a_killed_supervisor_is_the_end_of_its_children(start: Start, urls: DatabaseUrls) -> None:
    running = start(urls)
    running.wait_until_ready()
    assert len(running.children()) == 3
    running.process.kill()
    running.process.wait()
    assert wait_until(lambda: running.children() == [], 5)


def test_workers_of_a_killed_web_server_leave_and_it_is_started_again(start: Start, urls: DatabaseUrls) -> None:
    running = start(urls)
    running.wait_until_ready()
    first = int(running.get())
    arbiter = int(Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1])
    assert arbiter in running.children()
    os.kill(arbiter, signal.SIGKILL)
    assert wait_until(lambda: first not in running.children() and running.answers())
    assert int(running.get()) != first
    assert len(running.children()) == 3


def test_a_child_that_keeps_ending_ends_it_with_one_line(urls: DatabaseUrls, tmp_path: Path) -> None:
    child = Child(
        name="worker",
        command=[sys.executable, "-I", "-S", "-c", "raise SystemExit(3)"],
        folder=tmp_path,
        death_signal=signal.SIGKILL,
        stop_steps=(),
    )
    child.start({})
    pauses: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lumbung.supervisor.children.time.sleep", pauses.append)
        for _ in range(5):
            assert child.process is not None
            assert child.process.wait() == 3
            child.restart({})
        with pytest.raises(SupervisorError, match=r"worker terus berhenti.* / .*keeps ending"):
            child.restart({})
    assert pauses == sorted(pauses)
    child.stop()


def test_a_web_that_cannot_start_is_not_tried_for_ever(start: Start, urls: DatabaseUrls, instance: Path) -> None:
    (instance.parent / "wsgi.py").write_text("raise RuntimeError('broken')")
    running = start(urls)
    _, errors = running.process.communicate(timeout=30)
    assert running.process.returncode == 1
    assert "The web cannot be started" in errors.splitlines()[-1]
    assert running.children() == []


def test_parts_stop_in_the_opposite_order(instance: Path) -> None:
    order: list[str] = []

    class Part:
        def __init__(self, name: str) -> None:
            self.name = name

        def stop(self) -> None:
            order.append(self.name)

    supervisor: Any = Supervisor(SupervisorSettings(instance=instance))
    supervisor._children = [Part("web"), Part("worker")]
    supervisor._cluster = Part("database")
    supervisor.stop()
    assert order == ["web", "worker", "database"]


def test_a_busy_port_gets_one_clear_line(start: Start, urls: DatabaseUrls) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = int(other.getsockname()[1])
        line = refused(start(urls, port=port))
    assert f"Port {port} sudah dipakai" in line
    assert f"make run PORT={port + 1}" in line
    require_free_port("127.0.0.1", port)


def test_a_second_one_in_the_same_folder_gets_one_clear_line(start: Start, urls: DatabaseUrls) -> None:
    first = start(urls)
    first.wait_until_ready()
    _, errors = (second := start(urls)).process.communicate(timeout=30)
    assert second.process.returncode == 1
    assert f"http://localhost:{first.port} (pid {first.process.pid})" in errors
    assert len(errors.splitlines()) == 1
    assert first.answers()


@pytest.mark.parametrize(
    ("application", "said"),
    [
        ("no address", "DATABASE_URL is not the address"),
        ("mysql://a:b@127.0.0.1/x", "DATABASE_URL is not the address"),
        ("postgresql+psycopg://someone:hidden@127.0.0.1:1/x", "Connection refused"),
        ("{wrong_password}", "password authentication failed"),
        ("{wrong_database}", 'database "elsewhere" does not exist'),
    ],
)
def test_a_wrong_database_url_gets_one_clear_line(urls: DatabaseUrls, application: str, said: str) -> None:
    front, _, back = urls.application.partition("@")
    application = application.format(
        wrong_password=f"{front.rpartition(':')[0]}:hidden@{back}",
        wrong_database=urls.application.replace("/given", "/elsewhere"),
    )
    environment = {"DATABASE_URL": application, "MIGRATION_DATABASE_URL": urls.migration}
    with pytest.raises(SupervisorError) as caught, open_environment(Path(tempfile.gettempdir()), environment):
        pass
    line = str(caught.value)
    assert said in line
    assert "\n" not in line
    assert "hidden" not in line


def test_a_database_url_without_the_migrators_gets_one_clear_line(start: Start, urls: DatabaseUrls) -> None:
    line = refused(start(None, DATABASE_URL=urls.application))
    assert "MIGRATION_DATABASE_URL is not set" in line


def test_a_failing_step_gets_one_clear_line(start: Start, urls: DatabaseUrls) -> None:
    failing = [sys.executable, "-c", "print('begun', flush=True); raise SystemExit('the reason')"]
    line = refused(start(urls, prepare=(("Memigrasi", "Migrating", failing),)))
    assert "Memigrasi gagal: the reason" in line


def test_a_full_disk_gets_one_clear_line(instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("lumbung.supervisor.process.shutil.disk_usage", lambda _path: usage._replace(free=1_000_000))
    before = signal.getsignal(signal.SIGINT)

    assert run(SupervisorSettings(instance=instance, port=unused_port(), environment={})) == 1
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert "Disk penuh" in said.err
    # Being asked to stop means nothing any more once it is over.
    assert signal.getsignal(signal.SIGINT) is before


def test_it_stops_when_the_make_that_started_it_is_killed(start: Start, urls: DatabaseUrls) -> None:
    # A shell stands for make: it waits for the supervisor and does nothing else.
    running = start(
        urls,
        prefix=("/bin/sh", "-c", '"$@"; exit 0', "make"),
        LUMBUNG_STOP_WITH_PARENT="1",
    )
    running.wait_until_ready()
    assert len(running.children()) == 4
    running.process.kill()
    running.process.wait()
    assert wait_until(lambda: running.children() == [], 20)


def test_in_the_local_network_it_serves_https_for_every_portal(start: Start, urls: DatabaseUrls) -> None:
    running = start(urls, LAN="1", LAN_HOST="lumbung.example")
    lines = running.wait_until_ready()
    assert lines[-1] == f"announced https://lumbung.example:{running.port}"
    folder = running.instance / "lan"
    context = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    with (
        socket.create_connection(("127.0.0.1", running.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="tangsel.lumbung.example") as secure,
    ):
        secure.sendall(b"GET / HTTP/1.0\r\nHost: tangsel.lumbung.example\r\n\r\n")
        assert secure.recv(20).startswith(b"HTTP/1.")
    assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600
