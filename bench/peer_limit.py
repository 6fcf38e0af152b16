"""Fills the limit's database."""

from __future__ import annotations

import psycopg

from bench.complaints import complaints

_TABLES = (
    "CREATE TABLE tenant (id int PRIMARY KEY, host text UNIQUE NOT NULL)",
    "CREATE TABLE complaint (id bigserial PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, title text NOT NULL,"
    " description text NOT NULL, category text NOT NULL, state text NOT NULL DEFAULT 'open', lat float8, lon float8,"
    " data jsonb NOT NULL DEFAULT '{}', created timestamptz NOT NULL, due timestamptz NOT NULL)",
    "CREATE INDEX ON complaint (tenant_id, created DESC)",
)
_COPY = "COPY complaint (tenant_id, title, description, category, lat, lon, created, due) FROM STDIN"


def host(number: int) -> str:
    """The host name of a tenant of the peers."""
    return f"kota{number:04d}.localhost"


def load_limit(conninfo: str, *, tenants: int, rows: int) -> None:
    """Make the tables and fill them."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in _TABLES:
            connection.execute(statement.encode())
        for number in range(1, tenants + 1):
            connection.execute("INSERT INTO tenant VALUES (%s, %s)", (number, host(number)))
            with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                for one in complaints(rows):
                    copy.write_row(
                        (number, one.title, one.description, one.category, one.lat, one.lon, one.created, one.due)
                    )
        connection.execute("ANALYZE")
