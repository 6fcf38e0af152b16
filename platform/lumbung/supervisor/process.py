"""Start everything in order, keep it running, stop everything in the opposite order."""

import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg

from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.errors import PostgresError, disk_full, explained
from lumbung.postgres.leash import start_leashed
from lumbung.supervisor.children import Child, RestartLimit, web_child, worker_child
from lumbung.supervisor.claim import InstanceClaim
from lumbung.supervisor.environment import (
    check_given_database,
    embedded_urls,
    with_secret_key,
    with_shared_metrics,
)
from lumbung.supervisor.errors import SupervisorError
from lumbung.supervisor.lan import Certificate, lan_address, lan_host, self_signed_certificate
from lumbung.supervisor.settings import Step, SupervisorSettings
from lumbung.supervisor.signals import ParentWatch, StopRequested, stop_on_signals
from lumbung.supervisor.stripe_double import wants_stripe_double, with_stripe_double
from lumbung.supervisor.web_check import require_free_port, web_answers

_READY_SECONDS = 60.0
_WATCH_SECONDS = 0.25
_NEEDED_BYTES = 64 * 1024 * 1024


def run(settings: SupervisorSettings) -> int:
    """Run Lumbung until asked to stop; returns the exit code for the shell.

    0 after Ctrl-C, SIGTERM or the end of the parent; 1, with one line on standard error, when it cannot
    start or go on. Call from the main thread.
    """
    supervisor = Supervisor(settings)
    with stop_on_signals():
        try:
            with explained(settings.instance):
                supervisor.start()
                supervisor.watch()
        except StopRequested:
            return 0
        except (SupervisorError, PostgresError) as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        finally:
            supervisor.stop()
    return 0


class Supervisor:
    """The running parts and the environment they share."""

    def __init__(self, settings: SupervisorSettings) -> None:
        self._settings = settings
        self._claim = InstanceClaim(settings.instance)
        self._cluster: EmbeddedCluster | None = None
        self._children: list[Child] = []
        self._environment: dict[str, str] = {}
        self._database_limit = RestartLimit()
        self._parent = ParentWatch()
        self._certificate: Certificate | None = None

    def start(self) -> None:
        """Bring everything up and return when the web answers.

        Raises `SupervisorError`, `PostgresError` or `OSError` when that fails; `stop` cleans up.
        """
        settings = self._settings
        if settings.lan:
            settings = self._settings = replace(settings, host="0.0.0.0")  # noqa: S104 - asked for by LAN=1.
        hub_host = self._hub_host()
        scheme = "https" if settings.lan else "http"
        address = f"{scheme}://{hub_host}"
        self._claim.take(address)
        _require_room(settings.instance)
        require_free_port(settings.host, settings.port)
        self._environment = with_secret_key(settings.instance, settings.environment)
        if settings.lan or not self._environment.get("BASE_URL"):
            self._environment["BASE_URL"] = address
        if settings.lan:
            name = hub_host.partition(":")[0]
            folder = settings.instance / "lan"
            self._certificate = self_signed_certificate(folder, host=name, address=lan_address())
        self._start_stripe_double()
        self._open_database()
        for step in settings.prepare:
            self._finish(step)
        self._environment = with_shared_metrics(settings.instance, self._environment)
        self._start_children()
        self._wait_for_web(hub_host)
        _say(f"Lumbung siap / ready: {self._environment['BASE_URL']}")
        for line in settings.announce(self._environment["BASE_URL"]) if settings.announce else ():
            _say(line)

    def watch(self) -> None:
        """Keep everything running; returns only by an exception. Raises `SupervisorError` when a part keeps
        ending.
        """
        while True:
            time.sleep(_WATCH_SECONDS)
            if self._settings.stop_with_parent and self._parent.gone():
                raise StopRequested
            if self._cluster is not None and not self._cluster.running:
                self._restart_database(self._cluster)
            for child in self._children:
                code = child.ended()
                if code is not None:
                    _say(f"Proses {child.name} berhenti ({code}), dijalankan lagi / ended, starting it again")
                    child.restart(self._environment)

    def stop(self) -> None:
        """Stop web, worker, the double of Stripe and database, in this order; nothing happens to what does not run."""
        if self._children or self._cluster is not None:
            self._claim.stopping()
        for child in self._children:
            child.stop()
        self._children.clear()
        if self._cluster is not None:
            self._cluster.stop()
            self._cluster = None
        self._claim.release()

    def _hub_host(self) -> str:
        """Host name and port of the hub."""
        name = "localhost"
        if self._settings.lan:
            name = self._settings.lan_host or lan_host(lan_address())
        # A browser leaves out the port that its scheme implies.
        implied = 443 if self._settings.lan else 80
        return name if self._settings.port == implied else f"{name}:{self._settings.port}"

    def _open_database(self) -> None:
        if self._environment.get("DATABASE_URL"):
            check_given_database(self._environment)
            return
        _say("Menyiapkan basis data … / Preparing the database …")
        self._cluster = EmbeddedCluster(self._settings.instance)
        _require_room(self._cluster.home.base)
        self._cluster.start()
        self._environment |= _urls_of(self._cluster)

    def _restart_database(self, cluster: EmbeddedCluster) -> None:
        _say("Basis data berhenti, dijalankan lagi / The database ended, starting it again")
        time.sleep(self._database_limit.next_pause("postgres"))
        cluster.stop()
        cluster.start()
        urls = _urls_of(cluster)
        if any(self._environment[name] != url for name, url in urls.items()):
            # Its old port was taken meanwhile: the others have to learn the new one.
            self._environment |= urls
            for child in self._children:
                child.stop()
                child.start(self._environment)

    def _finish(self, step: Step) -> None:
        _say(f"{step.indonesian} … / {step.english} …")
        if callable(step.action):
            step.action(self._environment)
            return
        log = self._settings.instance / "prepare.log"
        with log.open("wb") as output:
            process = start_leashed(
                step.action,
                death_signal=signal.SIGKILL,
                output=output,
                environment=self._environment,
                folder=self._settings.root,
            )
            try:
                code = process.wait()
            finally:
                _end(process)
        if code != 0:
            lines = log.read_text("utf-8", errors="replace").split("\n")
            reason = next((line.strip() for line in reversed(lines) if line.strip()), str(code))
            raise SupervisorError(
                f"{step.indonesian} gagal: {reason} (catatan: {log}).",
                f"{step.english} failed: {reason} (log: {log}).",
            )

    def _start_stripe_double(self) -> None:
        if wants_stripe_double(self._settings, self._environment):
            self._environment, double = with_stripe_double(self._settings, self._environment, self._certificate)
            self._children = [double]
            double.start(self._environment)
            _say("Pembayaran memakai Stripe tiruan, tanpa uang sungguhan / Payments use a test double, no real money")

    def _start_children(self) -> None:
        started = [web_child(self._settings, self._certificate)]
        worker = worker_child(self._settings)
        if worker is not None:
            started.append(worker)
        self._children = [*started, *self._children]
        for child in started:
            child.start(self._environment)

    def _wait_for_web(self, hub_host: str) -> None:
        settings, web = self._settings, self._children[0]
        deadline = time.monotonic() + _READY_SECONDS
        while not web_answers(settings.host, settings.port, hub_host=hub_host, secure=settings.lan):
            code = web.ended()
            if code is not None or time.monotonic() > deadline:
                raise SupervisorError(
                    f"Web tidak dapat dijalankan (kode {code}); sebabnya tertulis di atas.",
                    f"The web cannot be started (code {code}); the cause is shown above.",
                )
            time.sleep(0.2)


def _urls_of(cluster: EmbeddedCluster) -> dict[str, str]:
    try:
        return embedded_urls(cluster)
    except psycopg.Error as error:
        raise SupervisorError(
            f"Basis data tertanam tidak dapat disiapkan: {error}.",
            f"The embedded database cannot be prepared: {error}.",
        ) from error


def _require_room(folder: Path) -> None:
    """Stop before the database does, which would do it in the middle of somebody's work."""
    if shutil.disk_usage(folder).free < _NEEDED_BYTES:
        raise disk_full(folder)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _say(line: str) -> None:
    print(line, flush=True)
