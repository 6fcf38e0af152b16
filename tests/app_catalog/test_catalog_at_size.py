"""Four hundred apps: every page and document says as little to the database as for a few, and reads no more than it
shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from app_catalog.catalog.services import PAGE
from app_catalog.definitions.source import load_files
from app_catalog.releases.reading import Package, read_package_source
from lumbung.db import db
from lumbung.postgres.roles import DatabaseUrls
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse, words_of
from tests.generated_apps.filling import FilledCatalog, checked_packages, fill_catalog, quick_source
from tests.generated_apps.packages import MANY, copy_of, generate_apps
from tests.generated_apps.subjects import SUBJECTS
from tests.statements import statements_of
from tests.world import World

Sessions = scoped_session[Session]
READ_BY_INDEX = {"releases", "release_files", "release_events", "reviews", "adoptions", "app_requests", "request_votes"}
"""Tables that grow with what is said about all apps: the page of one app reads its own rows of them."""
MOST_STATEMENTS = {
    "/": 3,
    "/apps": 4,
    # Its versions, figures, voices and so on, each its own; the last is who sponsors it.
    "/apps/{app}": 13,
    "/apps/{app}/1.0.0": 11,
    "/apps/{app}/figures": 5,
    "/apps/{app}/requests": 5,
    "/apps/{app}/roadmap": 4,
    "/api/v1/apps": 4,
    "/api/v1/apps/{app}": 12,
    "/api/v1/apps/{app}/figures": 5,
}


@pytest.fixture
def full(app: LumbungFlask, session: Sessions, world: World, database: DatabaseUrls) -> FilledCatalog:
    """Four hundred apps and what forty municipalities say of them, and the planner knows it."""
    filled = fill_catalog(session, checked_packages(MANY), municipalities=40)
    with psycopg.connect(database.migration.replace("+psycopg", "", 1), autocommit=True) as migrator:
        migrator.execute("SET ROLE lumbung_owner")
        migrator.execute("ANALYZE")
    return filled


def test_four_hundred_apps_are_valid_and_different() -> None:
    packages = checked_packages(MANY)
    definitions = [package.definition for _, package in packages]
    assert len({definition.digest for definition in definitions}) == MANY
    assert len({definition.id for definition in definitions}) == MANY
    assert len({definition.name.text("id") for definition in definitions}) == MANY
    assert {definition.category for definition in definitions} == set(SUBJECTS)
    assert not [package.report.problems for _, package in packages if package.report.problems]


def test_a_generated_package_is_the_same_by_the_reader_of_yaml() -> None:
    for generated in generate_apps(len(SUBJECTS))[::4]:
        whole = read_package_source(load_files(generated.files))
        quick = read_package_source(quick_source(generated))
        assert isinstance(whole, Package)
        assert isinstance(quick, Package)
        assert whole.definition.digest == quick.definition.digest


def test_a_copy_is_another_valid_app() -> None:
    original = generate_apps(1)[0]
    copied = read_package_source(quick_source(copy_of(original, slug="salinan", name="Salinan", place=1)))
    assert isinstance(copied, Package)
    assert copied.definition.id == "salinan"


def test_the_catalog_is_read_page_by_page(app: LumbungFlask, full: FilledCatalog) -> None:
    hub, seen, path = browse(app), [], "/apps"
    for _ in range(MANY // PAGE + 2):
        answer = hub.get(path)
        assert f"{MANY} aplikasi" in words_of(answer)
        seen += [part.split('"', 1)[0] for part in answer.text.split('<h3><a href="/apps/')[1:]]
        if 'rel="next"' not in answer.text:
            break
        path = answer.text.split('rel="next" href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(full.apps)


@pytest.mark.parametrize("sort", ["id", "newest", "used", "rating"])
def test_programs_read_every_app_once_in_any_order(app: LumbungFlask, full: FilledCatalog, sort: str) -> None:
    program, seen = browse(app), []
    path: str | None = f"/api/v1/apps?sort={sort}&limit=90"
    while path:
        page: Any = program.get(path).json
        assert page["total"] == MANY
        seen += page["items"]
        path = page["next"]
    assert sorted(one["id"] for one in seen) == sorted(full.apps)
    ranks = [_rank(one, sort) for one in seen]
    assert ranks == sorted(ranks, reverse=sort != "id")


def _rank(one: dict[str, Any], sort: str) -> Any:
    if sort == "newest":
        return one["released_at"]
    return {"id": one["id"], "used": one["municipalities"], "rating": one["rating"] or 0}[sort]


@pytest.mark.parametrize("question", ["after=x", "after=bnVsbA", "sort=price", "sort=newest&after=WyIyMDI2IiwgImEiXQ"])
def test_a_question_that_means_nothing_is_said_so(app: LumbungFlask, world: World, question: str) -> None:
    answer = browse(app).get(f"/api/v1/apps?{question}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_an_app_in_full_says_what_its_page_says(app: LumbungFlask, full: FilledCatalog) -> None:
    slug = next(iter(full.apps))
    document: Any = browse(app).get(f"/api/v1/apps/{slug}").json
    assert document["id"] == slug
    assert document["releases"][0]["state"] == "published"
    assert len(document["adopters"]) == document["municipalities"] == document["adoption"]["enabled"]
    assert sum(document["reviews"]["distribution"].values()) == document["reviews"]["number"]
    assert browse(app).get("/api/v1/apps/nothing").status_code == 404


def test_no_page_asks_more_of_a_full_catalog(app: LumbungFlask, full: FilledCatalog) -> None:
    hub, slug, found = browse(app), next(iter(full.apps)), {}
    for path, most in MOST_STATEMENTS.items():
        for _ in range(2):
            with statements_of(app) as heard:
                assert hub.get(path.format(app=slug)).status_code == 200, path
        if len(heard) > most:
            found[path] = len(heard)
    assert found == {}


def test_a_page_of_one_app_reads_its_own_rows(app: LumbungFlask, session: Sessions, full: FilledCatalog) -> None:
    hub, slug, offenders = browse(app), next(iter(full.apps)), []
    paths = [path for path in MOST_STATEMENTS if "{app}" in path]
    for path in paths:
        heard: list[tuple[str, Any]] = []

        def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            if statement.startswith("SELECT") and "set_tenant" not in statement:
                heard.append((statement, parameters))  # noqa: B023 - removed before the next path.

        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            assert hub.get(path.format(app=slug)).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        assert heard
        offenders += [f"{path}: {table}: {statement}" for statement, table in _whole_reads(session, heard)]
    assert not offenders, "\n\n".join(offenders)


def _whole_reads(session: Sessions, heard: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    connection = session.connection()
    # Small tables are read whole because that is quicker: asked is whether there is another way once they are large.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    for statement, parameters in heard:
        rows = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        plans = json.loads(rows) if isinstance(rows, str) else rows
        for node in _nodes(plans[0]["Plan"]):
            if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in READ_BY_INDEX:
                yield statement, node["Relation Name"]
    session.rollback()


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)
