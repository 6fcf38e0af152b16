"""The embedded PostgreSQL starts: a second time, in a used folder, as somebody else."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from lumbung.postgres import account, delete, home, programs
from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.errors import PostgresError
from tests.lumbung.postgres.servers import PARENT, as_ordinary_user, is_running, libpq, wait_until


def test_a_second_start_keeps_data_port_and_passwords(folder: Path) -> None:
    with EmbeddedCluster(folder, base=folder / "server") as cluster:
        urls = cluster.ensure_database()
        with psycopg.connect(libpq(urls.migration)) as connection:
            connection.execute("CREATE SCHEMA kept")
        assert stat.S_IMODE(cluster.home.secrets.stat().st_mode) == 0o600
        assert stat.S_IMODE(cluster.home.data.stat().st_mode) == 0o700
        assert not (cluster.home.base / "password").exists()
        server = cluster.process
    assert server is not None
    assert server.returncode == 0

    with EmbeddedCluster(folder) as cluster:
        assert cluster.home.base == folder / "server"
        assert cluster.urls() == urls
        with psycopg.connect(libpq(urls.application)) as connection:
            row = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'kept'").fetchone()
            assert row == (1,)
        port = cluster.port

    # Somebody else took the port meanwhile.
    with socket.create_server(("127.0.0.1", port)), EmbeddedCluster(folder) as cluster:
        assert cluster.port != port
        with psycopg.connect(libpq(cluster.ensure_database().application)):
            pass


def test_a_second_process_shares_the_server_and_leaves_it_running(folder: Path) -> None:
    with EmbeddedCluster(folder, base=folder / "server") as first:
        with EmbeddedCluster(folder) as second:
            assert (first.owns_server, second.owns_server) == (True, False)
            assert second.ensure_database() == first.ensure_database()
        assert first.running


def test_a_database_in_use_is_not_deleted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = folder / "instance"
    monkeypatch.setattr(sys, "argv", ["delete", str(instance)])
    with EmbeddedCluster(instance, base=folder / "server") as cluster:
        assert delete.main() == 1
        assert "sedang dipakai" in capsys.readouterr().err
        assert cluster.running
    assert delete.main() == 0
    assert delete.main() == 0
    assert not instance.exists()
    assert not (folder / "server").exists()


def test_a_pid_file_that_names_another_program_is_no_obstacle(folder: Path) -> None:
    with EmbeddedCluster(folder, base=folder / "server") as cluster:
        data = cluster.home.data
    for content in (f"{os.getppid()}\n{data}\n", "", "garbage"):
        (data / "postmaster.pid").write_text(content)
        with EmbeddedCluster(folder) as cluster:
            assert cluster.running


def test_an_interrupted_first_start_is_repeated(folder: Path) -> None:
    (folder / "server" / "data.unfinished").mkdir(parents=True)
    (folder / "server" / "data.unfinished" / "PG_VERSION").write_text("18\n")
    (folder / "server" / "password").write_text("old")
    with EmbeddedCluster(folder, base=folder / "server") as cluster:
        assert cluster.running
        assert not (folder / "server" / "data.unfinished").exists()


def test_an_ordinary_user_keeps_the_data_in_the_instance_folder(folder: Path) -> None:
    python, options = as_ordinary_user()
    if options:
        os.chown(folder, int(str(options["user"])), int(str(options["group"])))
    parent = subprocess.Popen(
        [python, "-c", PARENT, str(folder)],
        stdout=subprocess.PIPE,
        **options,  # type: ignore[call-overload]
    )
    with parent.stdout:
        told = json.loads(parent.stdout.readline())
    try:
        with psycopg.connect(libpq(told["url"])) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        if os.geteuid() != 0 or options:
            assert (folder / "postgres" / "data" / "PG_VERSION").exists()
            assert json.loads((folder / "postgres.json").read_text())["base"] == "postgres"
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert wait_until(lambda: not is_running(told["server"]))
    # Root starting it next serves it as its owner, and in the end takes it away.
    cluster = EmbeddedCluster(folder)
    cluster.start()
    assert cluster.home.data.stat().st_uid == (cluster.home.data / "PG_VERSION").stat().st_uid
    cluster.destroy()
    assert not cluster.home.base.exists()


def test_root_lends_the_server_a_user_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lent = account.server_account()
    assert (lent is None) == (os.geteuid() != 0)
    assert lent is None or lent.uid != 0
    # What the server's user cannot enter is copied to where it can, the home folder stays as it is.
    monkeypatch.setattr(programs, "_everyone_may_enter", lambda _folder: False)
    someone = account.Account(uid=os.getuid(), gid=os.getgid())
    copied = programs.reachable_programs(lent or someone, base=folder)
    assert copied.postgres.is_relative_to(folder)
    shown = subprocess.run([copied.postgres, "--version"], capture_output=True, text=True, check=True)
    assert "PostgreSQL" in shown.stdout
    assert programs.reachable_programs(lent or someone, base=folder) == copied


def test_an_instance_folder_that_is_deleted_takes_the_way_to_its_database_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "_SYSTEM_FOLDER", folder)
    someone = account.Account(uid=os.getuid(), gid=os.getgid())
    instance = folder / "instance"
    first = home.open_home(instance, account=someone)
    assert home.open_home(instance, account=someone).base == first.base
    shutil.rmtree(instance)
    assert home.open_home(instance, account=someone).base != first.base


def test_a_database_folder_that_is_gone_is_not_replaced_by_an_empty_one(folder: Path) -> None:
    (folder / "postgres.json").write_text('{"base": "/nowhere/at/all"}')
    with pytest.raises(PostgresError, match=r"/nowhere/at/all hilang.* / .*is gone"):
        EmbeddedCluster(folder)


def test_an_instance_folder_that_is_a_file_gets_one_clear_line(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(PostgresError) as caught:
        EmbeddedCluster(folder / "file")
    assert "\n" not in str(caught.value)
    assert str(folder / "file") in str(caught.value)
