"""The processes that the supervisor keeps running."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lumbung.postgres.leash import start_leashed, stop_process
from lumbung.supervisor.errors import SupervisorError
from lumbung.supervisor.lan import Certificate
from lumbung.supervisor.settings import SupervisorSettings, cli_command

_MOST_RESTARTS = 5
_RESTART_WINDOW_SECONDS = 60.0
_RESTART_PAUSE_SECONDS = 0.5
_WORKER_FOLDER = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unnamed file of its own there.

# gunicorn takes SIGQUIT for "at once", and its own workers leave when it is gone. A job that is cut off is
# repeated.
WEB_DEATH = signal.SIGQUIT
WORKER_DEATH = signal.SIGKILL
WEB_STOP = ((signal.SIGTERM, 15.0), (signal.SIGQUIT, 3.0))
WORKER_STOP = ((signal.SIGTERM, 20.0),)


@dataclass(slots=True)
class RestartLimit:
    """How often a part was started again lately."""

    _times: deque[float] = field(default_factory=deque)

    def next_pause(self, name: str) -> float:
        """The seconds to wait before the part `name` is started once more; none the first time.

        Raises `SupervisorError` when it was started too often within a minute.
        """
        now = time.monotonic()
        while self._times and now - self._times[0] > _RESTART_WINDOW_SECONDS:
            self._times.popleft()
        if len(self._times) >= _MOST_RESTARTS:
            raise SupervisorError(
                f"Proses {name} terus berhenti, {_MOST_RESTARTS + 1} kali dalam semenit; lihat di atas.",
                f"The process {name} keeps ending, {_MOST_RESTARTS + 1} times in a minute; see above.",
            )
        self._times.append(now)
        return _RESTART_PAUSE_SECONDS * (len(self._times) - 1)


@dataclass(slots=True)
class Child:
    """A process that is started again when it ends by itself, up to a limit."""

    name: str
    command: Sequence[str]
    folder: Path
    death_signal: signal.Signals
    stop_steps: Sequence[tuple[signal.Signals, float]]
    process: subprocess.Popen[bytes] | None = None
    limit: RestartLimit = field(default_factory=RestartLimit)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it; call from the main thread (see `lumbung.postgres.leash`)."""
        self.process = start_leashed(
            self.command, death_signal=self.death_signal, environment=environment, folder=self.folder
        )

    def ended(self) -> int | None:
        """Its exit code when it has ended, else None."""
        return self.process.poll() if self.process else None

    def restart(self, environment: Mapping[str, str]) -> None:
        """Start it again. Raises `SupervisorError` when that was needed too often within a minute."""
        time.sleep(self.limit.next_pause(self.name))
        self.start(environment)

    def stop(self) -> None:
        """Stop it, first politely; nothing happens when it does not run."""
        if self.process is not None:
            stop_process(self.process, self.stop_steps)
            self.process = None


def web_child(settings: SupervisorSettings, certificate: Certificate | None) -> Child:
    """The web server: gunicorn with threads, on the address of the settings."""
    return Child(
        name="web",
        command=settings.web if settings.web is not None else _gunicorn(settings, certificate),
        folder=settings.root,
        death_signal=WEB_DEATH,
        stop_steps=WEB_STOP,
    )


def worker_child(settings: SupervisorSettings) -> Child | None:
    """The worker of background jobs; None when the settings want none."""
    command = settings.worker if settings.worker is not None else cli_command("worker")
    if not command:
        return None
    return Child(
        name="worker",
        command=command,
        folder=settings.root,
        death_signal=WORKER_DEATH,
        stop_steps=WORKER_STOP,
    )


def _gunicorn(settings: SupervisorSettings, certificate: Certificate | None) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    options = {
        "--bind": f"{host}:{settings.port}",
        "--worker-class": "gthread",
        "--workers": str(settings.web_workers),
        "--threads": str(settings.web_threads),
        "--timeout": "60",
        "--graceful-timeout": "10",
        "--keep-alive": "5",
        # Which proxies are believed is the application's to say (TRUSTED_PROXIES); what gunicorn believes of a
        # neighbour on this machine, visitors could send through it: SCRIPT_NAME among it.
        "--forwarded-allow-ips": "",
        "--log-level": "warning",
    }
    if certificate is not None:
        options |= {"--certfile": str(certificate.certificate), "--keyfile": str(certificate.key)}
    if os.access(_WORKER_FOLDER, os.W_OK | os.X_OK):
        # The heartbeat must not wait for a busy disk.
        options["--worker-tmp-dir"] = str(_WORKER_FOLDER)
    words = [word for pair in options.items() for word in pair]
    return [sys.executable, "-m", "gunicorn", "wsgi:create_app()", "--no-control-socket", *words]
