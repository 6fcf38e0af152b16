"""The embedded PostgreSQL: roles, passwords, and what is left after kills, stale files and busy ports."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lumbung.postgres import account, delete, leash, programs
from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.errors import PostgresError, explain_server_output, explained
from lumbung.postgres.roles import RoleNames, ensure_roles, roles_sql
from lumbung.postgres.testing import (
    SuiteServer,
    clone_database,
    create_template,
    drop_database,
    start_suite_server,
    stop_suite_server,
)

ROLES = RoleNames()
PROJECT = Path(__file__).parents[2]

# Starts a cluster, says who serves it, and waits to be killed.
PARENT = """
import json, sys, time
from pathlib import Path
from lumbung.postgres.cluster import EmbeddedCluster
cluster = EmbeddedCluster(Path(sys.argv[1]), base=Path(sys.argv[2]) if len(sys.argv) > 2 else None)
cluster.start()
urls = cluster.ensure_database()
print(json.dumps({"server": cluster.process.pid, "port": cluster.port, "url": urls.migration}), flush=True)
time.sleep(600)
"""


def libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended and was not asked for its exit code yet has no command line any more.
    command = Path(f"/proc/{pid}/cmdline")
    return not command.parent.parent.exists() or bool(command.exists() and command.read_bytes())


@pytest.fixture
def folder() -> Iterator[Path]:
    """An instance folder that another user may pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="lumbung-instance-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def suite() -> Iterator[SuiteServer]:
    cluster, server = start_suite_server()
    yield server
    stop_suite_server(cluster)
    assert not cluster.home.instance.exists()


@pytest.fixture
def walled(suite: SuiteServer) -> Iterator[str]:
    """A database cloned from a template with one table under forced row-level security, two rows in it."""

    def build(urls: object) -> None:
        with psycopg.connect(libpq(suite.urls("template_walls").migration)) as connection:
            connection.execute("SET ROLE lumbung_owner")
            connection.execute("CREATE TABLE letters (tenant text NOT NULL)")
            connection.execute("ALTER TABLE letters ENABLE ROW LEVEL SECURITY")
            connection.execute("ALTER TABLE letters FORCE ROW LEVEL SECURITY")
            connection.execute(
                "CREATE POLICY one ON letters USING (tenant = current_setting('app.tenant', true)) "
                "WITH CHECK (tenant = current_setting('app.tenant', true))"
            )
            connection.execute("GRANT SELECT, INSERT ON letters TO lumbung_app")
            connection.execute("RESET ROLE")
            connection.execute("INSERT INTO letters VALUES ('tangsel'), ('surabaya')")

    create_template(suite, "template_walls", build)
    clone_database(suite, "template_walls", "walls")
    yield "walls"
    drop_database(suite, "walls")


def test_the_roles_have_exactly_the_rights_they_need(suite: SuiteServer) -> None:
    with suite.admin_connection() as admin:
        ensure_roles(admin, passwords=suite.passwords)
        found = admin.execute(
            "SELECT rolname, rolcanlogin, rolbypassrls, "
            "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication, rolinherit, "
            "ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid) "
            "FROM pg_roles r WHERE rolname LIKE 'lumbung\\_%' AND NOT rolsuper ORDER BY rolname"
        ).fetchall()
    assert found == [
        ("lumbung_app", True, False, False, False, []),
        ("lumbung_migrator", True, True, False, True, ["lumbung_owner"]),
        ("lumbung_owner", True, False, False, True, []),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE lumbung_owner",
        "SET ROLE lumbung_migrator",
        "ALTER TABLE letters DISABLE ROW LEVEL SECURITY",
        "TRUNCATE letters",
        "CREATE DATABASE mine",
        "COPY letters TO PROGRAM 'cat'",
    ],
)
def test_the_application_is_refused(suite: SuiteServer, walled: str, statement: str) -> None:
    with (
        psycopg.connect(libpq(suite.urls(walled).application), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_only_the_migrator_sees_behind_the_wall(suite: SuiteServer, walled: str) -> None:
    def seen(connection: psycopg.Connection[tuple[int]]) -> int:
        row = connection.execute("SELECT count(*) FROM letters").fetchone()
        assert row is not None
        return row[0]

    with psycopg.connect(libpq(suite.urls(walled).application)) as connection:
        assert seen(connection) == 0
        connection.execute("SET LOCAL app.tenant = 'tangsel'")
        assert seen(connection) == 1
        # With row_security off a role that cannot pass gets an error instead of fewer rows.
        connection.execute("SET LOCAL row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            seen(connection)
    with psycopg.connect(libpq(suite.urls(walled).migration)) as connection:
        assert seen(connection) == 2
        connection.execute("SET ROLE lumbung_owner")
        assert seen(connection) == 0


def test_a_template_is_built_once_and_a_failed_one_is_gone(suite: SuiteServer) -> None:
    built: list[object] = []
    create_template(suite, "template_once", built.append)
    create_template(suite, "template_once", built.append)
    assert len(built) == 1

    def fail(_urls: object) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        create_template(suite, "template_broken", fail)
    with suite.admin_connection() as admin:
        names = {name for (name,) in admin.execute("SELECT datname FROM pg_database")}
    assert "template_broken" not in names
    assert SuiteServer.from_json(suite.to_json()) == suite


def test_the_printed_sql_prepares_a_server_and_may_be_run_again(suite: SuiteServer) -> None:
    names = RoleNames(prefix="kota")
    passwords = {role: f"pass'\\word-{role}" for role in names.everyone}
    script = roles_sql(database="kota", roles=names, passwords=passwords)
    psql = [
        str(programs.installed_programs().postgres.with_name("psql")),
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
    ]
    for _ in range(2):
        done = subprocess.run([*psql, suite.admin_conninfo], input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    with psycopg.connect(
        suite.admin_conninfo, user=names.application, password=passwords[names.application], dbname="kota"
    ) as connection:
        assert connection.execute("SHOW search_path").fetchone() == ("public",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TEMP TABLE mine (id int)")
    drop_database(suite, "kota")


def test_the_printed_sql_holds_no_password_of_its_own() -> None:
    script = roles_sql()
    assert "PASSWORD '" not in script
    assert script.count("\\password ") == 3


def test_nobody_connects_without_a_password(suite: SuiteServer) -> None:
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(suite.admin_conninfo, password=password)


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


def as_ordinary_user() -> tuple[str, dict[str, object]]:
    """A Python, and options of `subprocess`, to run Lumbung with as somebody who is not root.

    Root's Python and checkout may lie in its home folder, where nobody else can run them; then root itself has to do.
    """
    if os.geteuid() != 0:
        return sys.executable, {}
    nobody = account._find("nobody")
    assert nobody is not None
    path = os.pathsep.join([*(place for place in sys.path if place), str(PROJECT / "platform")])
    options: dict[str, object] = {
        "user": nobody.uid,
        "group": nobody.gid,
        "extra_groups": [],
        "cwd": "/",
        "env": {"PATH": os.defpath, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
    }
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run(
                [python, "-c", "import lumbung.postgres.cluster"],
                check=True,
                capture_output=True,
                **options,  # type: ignore[call-overload]
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python, options
    return sys.executable, {}


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


@pytest.mark.parametrize(
    ("output", "english"),
    [
        ('initdb: error: could not write to file "x": No space left on device\n', "Disk full"),
        ('FATAL:  could not open file "global/pg_control": Permission denied\n', "No permission"),
        ("FATAL:  data directory has wrong ownership\n", "No permission"),
        (
            "FATAL:  database files are incompatible with server\nDETAIL: 17\n",
            "another version of PostgreSQL",
        ),
        ("LOG:  starting\nFATAL:  bogus setting\nLOG:  shut down\n", "cannot be started: bogus setting"),
        ("", "cannot be started: -"),
    ],
)
def test_what_the_server_prints_becomes_one_line(output: str, english: str) -> None:
    error = explain_server_output(output, data=Path("/data"), log=Path("/log"))
    assert english in error.english
    assert "\n" not in str(error)
    assert str(error).startswith(error.indonesian)


def test_a_full_disk_is_named_as_such() -> None:
    full = Path("/dev/full")
    with (
        pytest.raises(PostgresError, match=r"Disk penuh.*Disk full"),
        explained(full),
        full.open("w") as file,
    ):
        file.write("x" * 100_000)
