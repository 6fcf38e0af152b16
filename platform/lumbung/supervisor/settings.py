"""What the supervisor is told: where, on which address, and what to run."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from lumbung.supervisor.errors import SupervisorError

_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Step:
    """Something to finish before people are let in, such as migrations; quick when nothing is to do.

    `action` is either the words of a command (the first one an absolute path), run in the project's folder
    with the prepared environment, or a function that is called with that environment.
    """

    indonesian: str
    english: str
    action: Sequence[str] | Callable[[Mapping[str, str]], None]


def cli_command(*words: str) -> tuple[str, ...]:
    """The command line for `lumbung <words>` with the Python that runs now."""
    return (sys.executable, "-c", "from lumbung.cli import main; main()", *words)


@dataclass(frozen=True, kw_only=True)
class SupervisorSettings:
    """How `lumbung run` runs.

    `instance` holds everything that must survive; `root` is the project's folder, where children start.
    `environment` is what children inherit; DATABASE_URL in it means: no embedded database.
    `prepare` is done in order before the web starts. `announce` gives the lines printed once the web answers
    (addresses of portals, sign-ins); it gets the hub's address.
    With `stripe_double` payments go to a test double of Stripe, where it is installed and no real key is given.
    `web` and `worker` replace the usual commands, for tests; an empty `worker` means that none is started.
    """

    instance: Path = Path("instance")
    root: Path = field(default_factory=Path.cwd)
    host: str = "127.0.0.1"
    port: int = 8000
    lan: bool = False
    lan_host: str | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    prepare: Sequence[Step] = ()
    announce: Callable[[str], Sequence[str]] | None = None
    web_workers: int = 2
    web_threads: int = 8
    web: Sequence[str] | None = None
    worker: Sequence[str] | None = None
    stop_with_parent: bool = False
    stripe_double: bool = False

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        prepare: Sequence[Step] = (),
        announce: Callable[[str], Sequence[str]] | None = None,
        stripe_double: bool = False,
    ) -> Self:
        """Settings from LUMBUNG_INSTANCE, PORT, HOST, LAN, LAN_HOST, WEB_WORKERS and WEB_THREADS.

        Raises `SupervisorError` when a number is not one.
        """
        env = dict(os.environ if environment is None else environment)
        return cls(
            instance=Path(env.get("LUMBUNG_INSTANCE") or "instance").absolute(),
            host=env.get("HOST") or cls.host,
            port=_number(env, "PORT", cls.port, highest=_HIGHEST_PORT),
            lan=env.get("LAN", "") not in ("", "0"),
            lan_host=env.get("LAN_HOST") or None,
            environment=env,
            prepare=prepare,
            announce=announce,
            web_workers=_number(env, "WEB_WORKERS", cls.web_workers, highest=64),
            web_threads=_number(env, "WEB_THREADS", cls.web_threads, highest=256),
            stop_with_parent=env.get("LUMBUNG_STOP_WITH_PARENT") == "1",
            stripe_double=stripe_double,
        )


def _number(env: Mapping[str, str], name: str, default: int, *, highest: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if value.isascii() and value.isdigit() and 1 <= int(value) <= highest:
        return int(value)
    raise SupervisorError(
        f"{name} harus angka dari 1 sampai {highest}, bukan {value!r}.",
        f"{name} must be a number from 1 to {highest}, not {value!r}.",
    )
