"""What is left of the embedded PostgreSQL after kills."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from lumbung.postgres import account, leash
from lumbung.postgres.cluster import EmbeddedCluster
from tests.lumbung.postgres.servers import PARENT, is_running, libpq, wait_until


def test_killing_the_parent_takes_the_server_along_and_the_next_start_goes_on(folder: Path) -> None:
    base = folder / "server"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder), str(base)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        told = json.loads(parent.stdout.readline())
    assert is_running(told["server"])
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    # Not even waiting for it: the next start takes over what is still closing down.
    with EmbeddedCluster(folder) as cluster, psycopg.connect(libpq(told["url"])) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("lumbung",)
        assert cluster.port == told["port"]
        assert not is_running(told["server"])


def test_where_the_kernel_does_not_tell_a_watcher_ends_the_child(folder: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from lumbung.postgres import leash\n"
        "leash._MODE = 'watch'\n"
        f"exec({PARENT.replace('cluster.process.pid', '0')!r})"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(folder / "server")], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    with parent.stdout:
        told = json.loads(parent.stdout.readline())
    server = int((folder / "server" / "data" / "postmaster.pid").read_text().split()[0])
    assert is_running(server)
    with psycopg.connect(libpq(told["url"])):
        pass
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not is_running(server), 10)


def test_a_watched_child_gets_signals_and_gives_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leash, "_MODE", "watch")
    waiting = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); print(1, flush=True)\n"
    child = leash.start_leashed(
        [sys.executable, "-I", "-S", "-c", f"{waiting}while True: time.sleep(0.05)"],
        death_signal=signal.SIGKILL,
        output=subprocess.PIPE,
    )
    assert child.stdout is not None
    with child.stdout:
        child.stdout.readline()
    assert leash.stop_process(child, ((signal.SIGTERM, 5.0),)) == 5
    missing = leash.start_leashed(["/no/such"], death_signal=signal.SIGKILL, output=subprocess.DEVNULL)
    assert missing.wait(10) == 127


def test_a_server_that_outlived_its_parent_is_stopped_first(folder: Path) -> None:
    with EmbeddedCluster(folder, base=folder / "server") as cluster:
        cluster.ensure_database()
        data = cluster.home.data
    where = account.server_account()
    options = {"user": where.uid, "group": where.gid, "extra_groups": []} if where else {}
    orphan = subprocess.Popen(
        [cluster._reachable_programs().postgres, "-D", data, "-p", str(cluster.port), "-k", ""],
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        **options,  # type: ignore[call-overload]
    )
    pid_file = data / "postmaster.pid"
    assert wait_until(lambda: pid_file.exists() and "ready" in pid_file.read_text())
    with EmbeddedCluster(folder) as after:
        assert orphan.wait(5) == 0
        assert after.process is not None
        assert after.process.pid != orphan.pid


def test_a_killed_server_is_recovered(folder: Path) -> None:
    with EmbeddedCluster(folder, base=folder / "server") as cluster:
        urls = cluster.ensure_database()
        assert cluster.process is not None
        cluster.process.kill()
        cluster.process.wait()
        assert not cluster.running
        # What the supervisor does when it sees this.
        cluster.stop()
        cluster.start()
        with psycopg.connect(libpq(urls.application)):
            pass
