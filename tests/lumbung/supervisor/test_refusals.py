"""What keeps `make run` from starting is one clear line."""

import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from lumbung.postgres.roles import DatabaseUrls
from lumbung.supervisor import SupervisorError, SupervisorSettings, open_environment, run
from lumbung.supervisor.children import Child
from lumbung.supervisor.web_check import require_free_port
from tests.lumbung.supervisor.running import Start, refused, unused_port


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
