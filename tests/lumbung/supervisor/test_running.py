"""The process behind `make run`: what it starts, what it says, and what it leaves behind."""

import json
import os
import signal
import socket
import ssl
import sys
from pathlib import Path
from typing import Any

import psycopg

from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.roles import DatabaseUrls
from lumbung.supervisor import SupervisorSettings, open_environment
from lumbung.supervisor.process import Supervisor
from tests.lumbung.supervisor.running import Start, command_of, wait_until


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
    # A neighbour on this machine is not believed where the application lies: it may be passing on a visitor's words.
    assert int(running.get(SCRIPT_NAME="/lain")) in running.children()
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
    # A busy machine may let one question wait for longer than it is asked; the web is the same one all along.
    web = set(third.children())
    assert wait_until(third.answers)
    assert int(third.get()) in web


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
