"""Databases and folders for supervisors, and supervisors that are gone at the end."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
from tests.lumbung.supervisor.running import RUNNER, WSGI, Running, Start, unused_port


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
