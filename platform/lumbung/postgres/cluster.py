"""An embedded PostgreSQL: initialised once, run as a child of this process, gone when the process is gone."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from lumbung.postgres.account import Account, owner_of, server_account
from lumbung.postgres.errors import PostgresError, explain_server_output, explained
from lumbung.postgres.home import (
    SUPERUSER,
    ClusterHome,
    FileLock,
    open_home,
    passwords,
    read_state,
    write_state,
)
from lumbung.postgres.leash import start_leashed, stop_process
from lumbung.postgres.programs import Programs, reachable_programs
from lumbung.postgres.roles import DatabaseUrls, RoleNames, database_urls, ensure_database, ensure_roles
from lumbung.postgres.server_settings import HOST, free_port, server_environment, server_settings
from lumbung.postgres.takeover import clear_orphan

_ATTEMPTS = 5
# Recovery after a crash replays the log, which may take a while; a server that works on it is left to it.
_READY_SECONDS = 300.0
_ATTACH_SECONDS = 60.0
# Any number serves; it only has to be the same for all.
_ENSURE_LOCK = 7_305_500
_LOG_LIMIT = 5 * 1024 * 1024
# Fast shutdown first: it closes connections and writes a checkpoint; the second one leaves that to the next
# start.
_STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))


class EmbeddedCluster:
    """One embedded server. The first process to `start()` runs it; others with the same folder share it.

    `data_root` is the instance folder. `base` puts a new cluster's data elsewhere than by default (see
    `lumbung.postgres.home.open_home`). Without `durable` a crash of the machine may lose everything: for
    tests only. Every method raises `PostgresError` with one line for the user.
    """

    def __init__(self, data_root: Path, *, base: Path | None = None, durable: bool = True) -> None:
        account = server_account()
        self.home: ClusterHome = open_home(data_root, account=account, base=base)
        self._account: Account | None = account and (owner_of(self.home.data) or account)
        self._durable = durable
        self._lock = FileLock(self.home.lock)
        self._programs: Programs | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def owns_server(self) -> bool:
        """Whether the server is a child of this process, and not of another one that it is shared with."""
        return self.process is not None

    @property
    def running(self) -> bool:
        """Whether the server runs: as a child of this process, or, when it is shared, whether it answers."""
        return self.process.poll() is None if self.process is not None else self._answers()

    def ensure_initialised(self) -> None:
        """Make the data folder when there is none; whole or not at all, so an interrupted attempt is
        repeated.
        """
        if (self.home.data / "PG_VERSION").is_file():
            return
        unfinished = self.home.base / "data.unfinished"
        password_file = self.home.base / "password"
        password = passwords(self.home, (SUPERUSER,))[SUPERUSER]
        with explained(self.home.data):
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o700)
            password_file.unlink(missing_ok=True)
            password_file.touch(mode=0o600)
            password_file.write_text(password, "utf-8")
            self._give_to_server(unfinished, password_file)
            try:
                self._run_initdb(unfinished, password_file)
            finally:
                password_file.unlink(missing_ok=True)
            unfinished.rename(self.home.data)

    def start(self) -> None:
        """Run the server, or find the one that another process runs, and return when it accepts
        connections.
        """
        deadline = time.monotonic() + _ATTACH_SECONDS
        with explained(self.home.lock):
            while not self._lock.acquire():
                if self._find_running():
                    return
                if time.monotonic() > deadline:
                    raise PostgresError(
                        f"Proses lain memegang basis data di {self.home.base}, tetapi basis data itu diam.",
                        f"Another process holds the database in {self.home.base}, but it does not answer.",
                    )
                time.sleep(0.1)
        try:
            self.ensure_initialised()
            clear_orphan(self.home.data)
            self._start_server()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server if this process runs it: fast shutdown, then immediate. A shared one is left
        running.
        """
        if self.process is not None:
            stop_process(self.process, _STOP_STEPS)
            self.process = None
        self._lock.release()

    def destroy(self) -> None:
        """Stop the server and delete its data for good. Raises `PostgresError` when another process runs it."""
        self.stop()
        with explained(self.home.base):
            if not self._lock.acquire():
                raise PostgresError(
                    f"Basis data di {self.home.base} sedang dipakai. Hentikan Lumbung dahulu.",
                    f"The database in {self.home.base} is in use. Stop Lumbung first.",
                )
            clear_orphan(self.home.data)
            _delete(self.home.base)
            self.home.state.unlink(missing_ok=True)
            self._lock.release()

    def admin_conninfo(self, database: str = "postgres") -> str:
        """The connection string of the superuser, password included: never log it."""
        return make_conninfo(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=passwords(self.home, (SUPERUSER,))[SUPERUSER],
            dbname=database,
            connect_timeout=5,
        )

    def admin_connection(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        """An autocommit connection of the superuser. Raises `psycopg.OperationalError` when the server is
        down.
        """
        return psycopg.connect(self.admin_conninfo(database), autocommit=True)

    def ensure_database(self, name: str = "lumbung", *, roles: RoleNames | None = None) -> DatabaseUrls:
        """Make the roles and the database when they are missing, and return the database's URLs."""
        roles = roles or RoleNames()
        known = self.role_passwords(roles)
        with self.admin_connection() as admin:
            # Two processes that share the server may do this at the same time; the lock ends with the connection.
            admin.execute("SELECT pg_advisory_lock(%s)", (_ENSURE_LOCK,))
            ensure_roles(admin, passwords=known, roles=roles)
            ensure_database(admin, name, roles=roles)
        return self.urls(name, roles=roles)

    def urls(self, name: str = "lumbung", *, roles: RoleNames | None = None) -> DatabaseUrls:
        """The URLs of the database `name` on the running server."""
        roles = roles or RoleNames()
        return database_urls(name, host=HOST, port=self.port, passwords=self.role_passwords(roles), roles=roles)

    def role_passwords(self, roles: RoleNames) -> dict[str, str]:
        """The password of each of the three roles, made on first use."""
        return passwords(self.home, roles.everyone)

    def _give_to_server(self, *places: Path) -> None:
        if self._account is not None:
            for place in places:
                os.chown(place, self._account.uid, self._account.gid)

    def _reachable_programs(self) -> Programs:
        if self._programs is None:
            self._programs = reachable_programs(self._account, base=self.home.base)
        return self._programs

    def _run_initdb(self, data: Path, password_file: Path) -> None:
        # The builtin provider sorts the same on every machine, whatever its C library; text search and
        # ILIKE know Unicode.
        command = [str(self._reachable_programs().initdb), f"--pgdata={data}", f"--username={SUPERUSER}"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple"]
        command += ["--no-instructions", *([] if self._durable else ["--no-sync"])]
        with self.home.log.open("ab") as log:
            begin = log.tell()
            # The server's user cannot enter this process's folder, and initdb insists on a folder it can
            # come back to.
            code = start_leashed(
                command,
                death_signal=signal.SIGKILL,
                account=self._account,
                output=log,
                environment=server_environment(),
                folder=data,
            ).wait()
        if code != 0:
            raise explain_server_output(self._log_since(begin), data=data, log=self.home.log)

    def _start_server(self) -> None:
        for attempt in range(_ATTEMPTS):
            begin = self._spawn()
            if self._wait_until_ready():
                with explained(self.home.state):
                    write_state(self.home, {"port": self.port})
                return
            output = self._log_since(begin)
            self.process = None
            port_busy = "could not bind" in output or "could not create any TCP/IP sockets" in output
            # Backends of a killed server notice its death on their own, a moment later.
            memory_busy = "pre-existing shared memory block" in output
            if not (port_busy or memory_busy) or attempt == _ATTEMPTS - 1:
                raise explain_server_output(output, data=self.home.data, log=self.home.log)
            time.sleep(0.5)

    def _spawn(self) -> int:
        """Start the server; returns the place in the log where its output begins."""
        self.port = free_port(read_state(self.home.state).get("port"))
        settings = server_settings(self.port, durable=self._durable)
        command = [str(self._reachable_programs().postgres), "-D", str(self.home.data)]
        command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with explained(self.home.log):
            if self.home.log.exists() and self.home.log.stat().st_size > _LOG_LIMIT:
                self.home.log.replace(self.home.log.with_suffix(".log.1"))
            with self.home.log.open("ab") as log:
                begin = log.tell()
                self.process = start_leashed(
                    command,
                    # A fast shutdown; a killed parent so leaves a cleanly closed database.
                    death_signal=signal.SIGINT,
                    account=self._account,
                    output=log,
                    environment=server_environment(),
                    folder=self.home.data,
                )
        return begin

    def _wait_until_ready(self) -> bool:
        """Wait for the server; False when it ended instead."""
        deadline = time.monotonic() + _READY_SECONDS
        while self.process is not None and self.process.poll() is None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL belum siap setelah {_READY_SECONDS:.0f} detik (catatan: {self.home.log}).",
                    f"PostgreSQL is not ready after {_READY_SECONDS:.0f} seconds (log: {self.home.log}).",
                )
            time.sleep(0.03)
        return False

    def _find_running(self) -> bool:
        port = read_state(self.home.state).get("port")
        self.port = port if isinstance(port, int) else 0
        return self.port != 0 and (self.home.data / "postmaster.pid").exists() and self._answers()

    def _answers(self) -> bool:
        try:
            with self.admin_connection():
                return True
        except psycopg.OperationalError:
            return False

    def _log_since(self, begin: int) -> str:
        with self.home.log.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")


def _delete(folder: Path) -> None:
    """Delete a folder from which dying processes of the server, or another run that sweeps, may still take files."""
    for _ in range(100):
        try:
            shutil.rmtree(folder)
            return
        except FileNotFoundError:
            if not folder.exists():
                return
            time.sleep(0.2)
    shutil.rmtree(folder)
