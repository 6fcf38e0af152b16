"""The environment that every part of Lumbung runs in: database URLs, secret key, address, instance folder."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.errors import explained
from lumbung.push.keys import make_private_key
from lumbung.supervisor.errors import SupervisorError

_SECRET_KEY = "secret-key"  # noqa: S105 - the name of a file.
_VAPID_KEY = "vapid-key"
_CONNECT_SECONDS = "5"
_DRIVER = "postgresql+psycopg"


@contextmanager
def open_environment(instance: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """`environment` with everything filled in that a command needs, for as long as the context lasts.

    Without DATABASE_URL the embedded database is started, or shared with the process that runs it already.
    Given ones are tried first. Raises `SupervisorError` or `PostgresError`, each with one line for the
    user.
    """
    instance = instance.absolute()
    filled = with_secret_key(instance, environment)
    if environment.get("DATABASE_URL"):
        check_given_database(environment)
        yield filled
        return
    with EmbeddedCluster(instance) as cluster:
        yield {**filled, **embedded_urls(cluster)}


def embedded_urls(cluster: EmbeddedCluster) -> dict[str, str]:
    """DATABASE_URL and MIGRATION_DATABASE_URL of Lumbung's database on a running cluster, made when
    missing.
    """
    urls = cluster.ensure_database()
    return {"DATABASE_URL": urls.application, "MIGRATION_DATABASE_URL": urls.migration}


def with_secret_key(instance: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with LUMBUNG_INSTANCE, and SECRET_KEY when it has none: one made once and kept for
    good. With it goes VAPID_PRIVATE_KEY; whoever keeps the one keeps the other.
    """
    filled = {**environment, "LUMBUNG_INSTANCE": str(instance)}
    if not filled.get("SECRET_KEY"):
        with explained(instance):
            instance.mkdir(parents=True, exist_ok=True)
            filled["SECRET_KEY"] = kept_secret(instance / _SECRET_KEY, lambda: secrets.token_urlsafe(48))
            if not filled.get("VAPID_PRIVATE_KEY"):
                filled["VAPID_PRIVATE_KEY"] = kept_secret(instance / _VAPID_KEY, make_private_key)
    return filled


def with_shared_metrics(instance: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with the folder in which the web's processes add up what they count, emptied: counts begin anew
    with every start.
    """
    folder = instance.absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    with explained(instance):
        folder.mkdir(parents=True)
    return {**environment, "PROMETHEUS_MULTIPROC_DIR": str(folder)}


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; what `make` gives is written there first when there is nothing. For its owner alone."""
    if not path.exists() or not path.read_text("utf-8").strip():
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(make(), "utf-8")
        unfinished.replace(path)
    return path.read_text("utf-8").strip()


def check_given_database(environment: Mapping[str, str]) -> None:
    """Connect once by each given URL. Raises `SupervisorError` that names the variable and what is wrong."""
    if not environment.get("MIGRATION_DATABASE_URL"):
        raise SupervisorError(
            "MIGRATION_DATABASE_URL belum diisi, DATABASE_URL sudah; lihat `lumbung db roles`.",
            "MIGRATION_DATABASE_URL is not set while DATABASE_URL is; see `lumbung db roles`.",
        )
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
        _try_url(name, environment[name])


def _try_url(name: str, value: str) -> None:
    url = _parsed(name, value)
    words = url.translate_connect_args(username="user", database="dbname")
    words |= {key: word for key, word in url.query.items() if isinstance(word, str)}
    try:
        psycopg.connect(make_conninfo(**{"connect_timeout": _CONNECT_SECONDS, **words})).close()
    except psycopg.Error as error:
        reason = _reason(error)
        place = url.render_as_string(hide_password=True)
        raise SupervisorError(
            f"{name} tidak dapat dipakai ({place}): {reason}.",
            f"{name} cannot be used ({place}): {reason}.",
        ) from error


def _reason(error: psycopg.Error) -> str:
    """The line of libpq's answer that says what is wrong; hints follow it, and other addresses come before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    telling = [line for line in lines if "failed:" in line or "error:" in line]
    return (telling or lines)[-1].rpartition("failed: ")[2]


def _parsed(name: str, value: str) -> URL:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername != _DRIVER:
        # The value itself may hold a password, so it is not repeated.
        raise SupervisorError(
            f"{name} bukan alamat PostgreSQL; bentuknya {_DRIVER}://peran:sandi@host:5432/nama.",
            f"{name} is not the address of a PostgreSQL; its form is {_DRIVER}://role:password@host:5432/name.",
        )
    return url
