"""PostgreSQL for a test suite: one throw-away server per run, and a fresh database in milliseconds.

The controlling process of the run starts the server in `pytest_configure`, hands `SuiteServer.to_json()` to
its workers, and calls `stop_suite_server` at the end. A killed run takes the server with it (see
`lumbung.postgres.leash`), and the next run sweeps up its folder.
"""

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql

from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.home import FileLock
from lumbung.postgres.roles import DatabaseUrls, RoleNames, database_urls, ensure_database, ensure_roles
from lumbung.postgres.server_settings import HOST
from lumbung.postgres.takeover import clear_orphan

_PREFIX = "lumbung-test-"
# A folder without a lock may belong to a run that is just starting.
_SWEEP_AFTER_SECONDS = 120.0
# Any number serves; it only has to be the same for all workers that may build a template at the same time.
_TEMPLATE_LOCK = 7_305_501


@dataclass(frozen=True, slots=True)
class SuiteServer:
    """What a worker of the suite must know of the server: nothing in it is worth keeping secret."""

    admin_conninfo: str
    port: int
    passwords: dict[str, str]

    def to_json(self) -> str:
        """This, as a text that pytest-xdist can hand to a worker."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The server that `to_json` described."""
        return cls(**json.loads(text))

    def admin_connection(self) -> "psycopg.Connection[Any]":
        """An autocommit connection of the superuser to the database `postgres`."""
        return psycopg.connect(self.admin_conninfo, autocommit=True)

    def urls(self, database: str) -> DatabaseUrls:
        """The URLs of the application's and the migrator's role for `database`."""
        return database_urls(database, host=HOST, port=self.port, passwords=self.passwords)


def start_suite_server() -> tuple[EmbeddedCluster, SuiteServer]:
    """Start a server without durability in a temporary folder, its roles made; call from the main thread.

    Raises `lumbung.postgres.errors.PostgresError` with one line when it cannot be started.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    # The server's own user must be able to pass through.
    folder.chmod(0o711)
    cluster = EmbeddedCluster(folder, base=folder / "server", durable=False)
    cluster.start()
    known = cluster.role_passwords(RoleNames())
    with cluster.admin_connection() as admin:
        ensure_roles(admin, passwords=known)
    return cluster, SuiteServer(admin_conninfo=cluster.admin_conninfo(), port=cluster.port, passwords=known)


def stop_suite_server(cluster: EmbeddedCluster) -> None:
    """Stop the server and delete its folder."""
    cluster.destroy()
    shutil.rmtree(cluster.home.instance, ignore_errors=True)


def create_template(server: SuiteServer, name: str, build: Callable[[DatabaseUrls], None]) -> None:
    """Make the template `name` once per server: `build` gets the URLs of an empty database and fills it.

    Workers may call this at the same time; one builds, the others wait. When `build` raises, nothing is left.
    """
    with server.admin_connection() as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
        finished = "SELECT datistemplate FROM pg_database WHERE datname = %s"
        if admin.execute(finished, (name,)).fetchone() == (True,):
            return
        drop_database(server, name)
        ensure_database(admin, name)
        try:
            build(server.urls(name))
        except BaseException:
            drop_database(server, name)
            raise
        # PostgreSQL copies only a database that nobody is connected to.
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,))
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))


def clone_database(server: SuiteServer, template: str, name: str) -> DatabaseUrls:
    """Make the database `name` as a copy of `template`, rights included, and return its URLs."""
    with server.admin_connection() as admin:
        ensure_database(admin, name, template=template)
    return server.urls(name)


def drop_database(server: SuiteServer, name: str) -> None:
    """Delete the database `name`, whoever is connected; nothing happens when there is none."""
    with server.admin_connection() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _sweep() -> None:
    """Delete the folders of runs that were killed; those of other users and of living runs are left alone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        base = folder / "server"
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime > time.time() - _SWEEP_AFTER_SECONDS:
                continue
            base.mkdir(exist_ok=True)
            lock = FileLock(base / "lock")
            if lock.acquire():
                clear_orphan(base / "data")
                shutil.rmtree(folder, ignore_errors=True)
                lock.release()
