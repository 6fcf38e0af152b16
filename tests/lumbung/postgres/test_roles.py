"""Roles of the database, their rights and their passwords."""

import subprocess

import psycopg
import pytest

from lumbung.postgres import programs
from lumbung.postgres.roles import RoleNames, ensure_roles, roles_sql
from lumbung.postgres.testing import (
    SuiteServer,
    create_template,
    drop_database,
)
from tests.lumbung.postgres.servers import libpq


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
