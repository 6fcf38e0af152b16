"""The three roles of a Lumbung database, as SQL for a given server and as a finished database.

Owner owns everything and runs DDL; migrator passes the wall between municipalities, is a member of owner, and
does `SET ROLE` to it for DDL; application owns nothing, and can neither bypass row-level security nor make
a table.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import URL

_PLAIN = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"


@dataclass(frozen=True, slots=True)
class RoleNames:
    """The names of the three roles; `prefix` keeps several platforms on one server apart."""

    prefix: str = "lumbung"

    @property
    def owner(self) -> str:
        """Owns the database and its objects."""
        return f"{self.prefix}_owner"

    @property
    def migrator(self) -> str:
        """Runs migrations and backfills."""
        return f"{self.prefix}_migrator"

    @property
    def application(self) -> str:
        """Serves people."""
        return f"{self.prefix}_app"

    @property
    def everyone(self) -> tuple[str, str, str]:
        """All three, the owner first."""
        return (self.owner, self.migrator, self.application)


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """SQLAlchemy URLs (`postgresql+psycopg://`) of one database, with passwords: never log them."""

    application: str
    migration: str


def database_urls(
    name: str, *, host: str, port: int, passwords: dict[str, str], roles: RoleNames | None = None
) -> DatabaseUrls:
    """The URLs of the database `name`; `passwords` holds one for each role."""
    roles = roles or RoleNames()

    def url(role: str) -> str:
        made = URL.create(
            "postgresql+psycopg", username=role, password=passwords[role], host=host, port=port, database=name
        )
        return made.render_as_string(hide_password=False)

    return DatabaseUrls(application=url(roles.application), migration=url(roles.migrator))


def roles_sql(
    *,
    database: str = "lumbung",
    roles: RoleNames | None = None,
    passwords: dict[str, str] | None = None,
    with_database: bool = True,
) -> str:
    """The SQL that makes the three roles (and the database) on a given server; a second run changes nothing.

    It is a psql script for the server's administrator. Without `passwords` it asks for them at the end by
    `\\password`, so that none appears in a file or a log. Without `with_database` it is plain SQL for the
    roles alone.
    """
    roles = roles or RoleNames()
    lines = [f"{statement};" for statement in (*_role_statements(roles), *_password_statements(passwords or {}))]
    if with_database:
        literal, quoted = _literal(database), _name(database)
        lines += [
            # CREATE DATABASE cannot stand in a DO block; psql runs what the query returns.
            f"SELECT {_literal(f'CREATE DATABASE {quoted} OWNER {_name(roles.owner)}')} "  # noqa: S608 - quoted.
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {literal}) \\gexec",
            *(f"{statement};" for statement in _database_statements(database, roles)),
            f"\\connect {quoted}",
            *(f"{statement};" for statement in _schema_statements(roles)),
        ]
        if passwords is None:
            lines += [f"\\password {_name(role)}" for role in roles.everyone]
    return "\n".join(lines) + "\n"


def ensure_roles(
    admin: "psycopg.Connection[object]", *, passwords: dict[str, str], roles: RoleNames | None = None
) -> None:
    """Make the three roles, or set them right again: attributes, membership and passwords."""
    for statement in (*_role_statements(roles or RoleNames()), *_password_statements(passwords)):
        admin.execute(statement.encode())


def ensure_database(
    admin: "psycopg.Connection[object]",
    name: str,
    *,
    roles: RoleNames | None = None,
    template: str | None = None,
) -> bool:
    """Make the database `name`, owned by the owner role and closed to PUBLIC; True when it is new.

    `admin` is an autocommit connection that may create databases. With `template` the new one is a copy of
    that database, its schemas and their rights included. An existing database only gets its rights set
    right again.
    """
    roles = roles or RoleNames()
    missing = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None
    if missing:
        # Copying the files beats writing all pages through the log for the small databases of tests.
        copied = f" TEMPLATE {_name(template)} STRATEGY file_copy" if template else ""
        admin.execute(f"CREATE DATABASE {_name(name)} OWNER {_name(roles.owner)}{copied}".encode())
    # These belong to the database and not to its contents, so a copy does not inherit them.
    _run(admin, _database_statements(name, roles))
    if not template:
        with psycopg.connect(admin.info.dsn, password=admin.info.password, dbname=name, autocommit=True) as inside:
            _run(inside, _schema_statements(roles))
    return missing


def _run(connection: "psycopg.Connection[object]", statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())


def _role_statements(roles: RoleNames) -> list[str]:
    attributes = {
        roles.owner: f"LOGIN NOBYPASSRLS {_PLAIN}",
        roles.migrator: f"LOGIN BYPASSRLS {_PLAIN}",
        roles.application: f"LOGIN NOBYPASSRLS NOINHERIT {_PLAIN}",
    }
    statements = []
    for role, wanted in attributes.items():
        statements.append(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(role)}) "
            f"THEN CREATE ROLE {_name(role)}; END IF; END $$"
        )
        statements.append(f"ALTER ROLE {_name(role)} WITH {wanted}")
    statements.append(
        # Granting again is harmless, but says so, and a script should be silent when all is well.
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_auth_members WHERE "
        f"roleid = {_literal(roles.owner)}::regrole AND member = {_literal(roles.migrator)}::regrole) "
        f"THEN GRANT {_name(roles.owner)} TO {_name(roles.migrator)}; END IF; END $$"
    )
    return statements


def _password_statements(passwords: dict[str, str]) -> list[str]:
    return [f"ALTER ROLE {_name(role)} PASSWORD {_literal(password)}" for role, password in passwords.items()]


def _database_statements(database: str, roles: RoleNames) -> list[str]:
    name = _name(database)
    return [
        f"ALTER DATABASE {name} OWNER TO {_name(roles.owner)}",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {_name(roles.migrator)}, {_name(roles.application)}",
        f"ALTER DATABASE {name} SET search_path TO public",
        f"ALTER DATABASE {name} SET timezone TO 'UTC'",
    ]


def _schema_statements(roles: RoleNames) -> list[str]:
    return [
        f"ALTER SCHEMA public OWNER TO {_name(roles.owner)}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {_name(roles.migrator)}, {_name(roles.application)}",
    ]


def _name(value: str) -> str:
    return sql.Identifier(value).as_string(None)


def _literal(value: str) -> str:
    return sql.Literal(value).as_string(None)
