"""Every table is carried, or left out with a reason; nothing that keeps a person out is forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import Uuid

from lumbung.backup.carrying import carried_tables, carrying_of, left_out, undeclared_tables
from lumbung.backup.manifest import schema_json
from lumbung.db import Base, TableKind, table_kinds
from lumbung.web.sites import LumbungFlask

ALLOWED_IN_EXTRACTS = {"accounts", "account_memberships", "municipalities", "wakeups"} | {
    "publishers", "apps", "listings", "signing_keys", "releases", "release_files", "release_events",
    "app_transfers",
}  # fmt: skip
"""Tables of nobody in particular of which a municipality's archive holds rows: each was thought about."""
LEFT_OUT_OF_EVERYTHING = {
    "account_sessions", "account_tokens", "refusals", "rate_buckets", "periodic_runs", "measurements",
    "requested_archives", "running_versions",
}  # fmt: skip


def test_every_table_says_how_it_travels(app: LumbungFlask) -> None:
    assert undeclared_tables() == []


def test_only_these_are_left_out_of_everything(app: LumbungFlask) -> None:
    assert set(left_out(whole=True)) == LEFT_OUT_OF_EVERYTHING
    assert all(len(reason) > 20 for reason in left_out(whole=False).values())


def test_only_these_of_nobody_go_with_a_municipality(app: LumbungFlask) -> None:
    kinds = table_kinds()
    owned = (TableKind.TENANT, TableKind.SHARED)
    assert {
        table.name for table in carried_tables(whole=False) if kinds[table.name] not in owned
    } == ALLOWED_IN_EXTRACTS
    carried = {table.name for table in carried_tables(whole=False)}
    assert {name for name, kind in kinds.items() if kind in owned} - carried == {"requested_archives"}


def test_what_a_carried_table_refers_to_is_carried_before_it(app: LumbungFlask) -> None:
    for whole in (True, False):
        seen: set[str] = set()
        for table in carried_tables(whole=whole):
            carrying = carrying_of(table)
            assert carrying is not None
            for column in table.columns:
                emptied = not whole and column.name in carrying.emptied
                for key in column.foreign_keys:
                    target = key.column.table.name
                    assert target in seen | {table.name} or emptied, f"{table.name}.{column.name}"
            seen.add(table.name)


def test_global_rows_that_travel_have_one_id(app: LumbungFlask) -> None:
    kinds = table_kinds()
    for table in carried_tables(whole=False):
        if kinds[table.name] == TableKind.GLOBAL:
            assert [column.name for column in table.primary_key] == ["id"]
            assert isinstance(table.c.id.type, Uuid)


def test_a_table_that_says_nothing_stops_the_backup(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    from lumbung.backup import carrying

    monkeypatch.delitem(carrying._declared, "refusals")
    assert undeclared_tables() == ["refusals"]
    with pytest.raises(LookupError, match="refusals"):
        carried_tables(whole=True)


def test_the_schema_names_each_column_once(app: LumbungFlask) -> None:
    assert b'"search"' not in schema_json(whole=True)
    assert schema_json(whole=True).count(b'"primary_key"') == len(Base.metadata.tables) - len(LEFT_OUT_OF_EVERYTHING)
