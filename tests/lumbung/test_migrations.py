"""Migrations make what the models say, and dangerous ones are found."""

from __future__ import annotations

from lumbung.migrate.linting import lint_sql, upgrade_sql
from lumbung.migrate.runner import differences, upgrade
from lumbung.postgres.roles import DatabaseUrls
from lumbung.web.sites import LumbungFlask


def test_the_migrations_make_what_the_models_say(app: LumbungFlask, database: DatabaseUrls) -> None:
    assert differences(database.migration) == []


def test_migrating_again_changes_nothing(app: LumbungFlask, database: DatabaseUrls) -> None:
    upgrade(database.migration)
    assert differences(database.migration) == []


def test_a_migration_that_would_stop_everybody_is_found() -> None:
    found = lint_sql("ALTER TABLE agencies ADD COLUMN y integer NOT NULL;\nCREATE INDEX i ON agencies (name);\n")
    assert "adding-required-field" in found
    assert "require-concurrent-index-creation" in found


def test_the_first_migration_can_be_read_as_sql_with_its_walls() -> None:
    sql = upgrade_sql(after="base")
    assert sql.count("FORCE ROW LEVEL SECURITY") == sql.count("ENABLE ROW LEVEL SECURITY") > 20


def test_there_is_nothing_dangerous_in_our_migrations() -> None:
    assert lint_sql(upgrade_sql()) == ""
