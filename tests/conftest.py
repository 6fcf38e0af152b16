"""One throw-away PostgreSQL for the run, one cloned database per worker, emptied after every test.

Tests commit for real, on the application's own role, so that transactions, races and the wall between municipalities
are what they are in production.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import db
from lumbung.i18n import use_language
from lumbung.local_stripe import LocalStripe
from lumbung.logs import configure_logs
from lumbung.migrate.runner import migrations_folder, upgrade
from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import (
    SuiteServer,
    clone_database,
    create_template,
    drop_database,
    start_suite_server,
    stop_suite_server,
)
from lumbung.settings import Settings
from lumbung.starting import keep_what_is_there
from lumbung.web.sites import LumbungFlask
from tests.books import WRONG_IN_BOOKS
from tests.emptying import Emptying
from tests.lumbung.belongings.apps import Ids
from tests.lumbung.belongings.known import build_known_ids
from tests.money_stage import MoneyStage, with_stripe
from tests.remembered_packages import remember_packages
from tests.remembered_scenarios import remember_scenarios
from tests.remembered_templates import remember_templates
from tests.remembered_world import RememberedWorld
from tests.scheduling import DearestFirst, put_dearest_first
from tests.statements import RepeatGuard
from tests.waiting_python import WaitingPython, waiting_python
from tests.world import World
from wsgi import create_app

SERVER = pytest.StashKey[SuiteServer]()
CLUSTER = pytest.StashKey[EmbeddedCluster]()
REPEATS = RepeatGuard()
TEMPLATES = "templates"

EMPTY_ALL = """
DO $$ DECLARE t record; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT schemaname AS s, tablename AS n FROM pg_tables
           WHERE schemaname IN ('public', 'procrastinate') AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', t.s, t.n) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I.%I', t.s, t.n); END IF;
  END LOOP;
END $$
"""


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the server; workers get its address."""
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        config.stash[SERVER] = SuiteServer.from_json(workerinput["postgres"])
        return
    cluster, server = start_suite_server()
    config.stash[CLUSTER], config.stash[SERVER] = cluster, server


def pytest_configure_node(node: Any) -> None:
    """Hand the server's address to a worker of pytest-xdist."""
    node.workerinput["postgres"] = node.config.stash[SERVER].to_json()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> DearestFirst:
    """What shares something dear runs on one worker, and the dearest begins first."""
    return DearestFirst(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The same for the order, after it has been shuffled."""
    if hasattr(config, "workerinput"):
        put_dearest_first(items)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process started."""
    # Garbage that says something is heard now; pytest would look for more, five times through all that there is.
    keep_what_is_there()
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None:
        stop_suite_server(cluster)


@pytest.fixture(scope="session")
def suite_server(request: pytest.FixtureRequest) -> SuiteServer:
    """The throw-away server."""
    return request.config.stash[SERVER]


@pytest.fixture(scope="session")
def template(suite_server: SuiteServer) -> str:
    """Name of the migrated template database."""
    versions = sorted((migrations_folder() / "versions").glob("*.py"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in versions)).hexdigest()[:12]
    name = f"template_{digest}"
    create_template(suite_server, name, lambda urls: upgrade(urls.migration))
    return name


@pytest.fixture(scope="session")
def database(suite_server: SuiteServer, template: str, worker_id: str) -> Iterator[DatabaseUrls]:
    """This worker's own database."""
    name = f"test_{worker_id}"
    drop_database(suite_server, name)
    yield clone_database(suite_server, template, name)
    drop_database(suite_server, name)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Id of the pytest-xdist worker, `main` without it."""
    workerinput = getattr(request.config, "workerinput", None)
    return str(workerinput["workerid"]) if workerinput else "main"


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share, and no other run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def waiting(shared_folder: Path) -> Iterator[WaitingPython]:
    """What processes of Lumbung are forked from."""
    with waiting_python(shared_folder / TEMPLATES) as one:
        yield one


@pytest.fixture(scope="session")
def only_here(request: pytest.FixtureRequest, shared_folder: Path) -> Callable[[str], None]:
    """Says that this worker makes something dear; raises FileExistsError when another one of this run has made it.

    Its tests have then been torn apart: see `tests.scheduling`.
    """

    def claim(name: str) -> None:
        if hasattr(request.config, "workerinput"):
            (shared_folder / f"made-{name}").touch(exist_ok=False)

    return claim


@pytest.fixture(scope="session")
def settings(database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the application under test; no SMTP server unless a test gives one, and no quiet hours: what is sent
    must not depend on when the suite runs."""
    return Settings(
        database_url=database.application,
        migration_database_url=database.migration,
        secret_key="only-for-tests-0123456789abcdef",
        base_url="https://lumbung.test",
        instance=tmp_path_factory.mktemp("instance"),
        map_tiles_url="/static/tile.png",
        quiet_hours=None,
        testing=True,
    )


@pytest.fixture(scope="session")
def _application(settings: Settings, shared_folder: Path) -> Iterator[LumbungFlask]:
    remember_templates(shared_folder / TEMPLATES)
    app = create_app(settings)
    remember_scenarios(app, shared_folder / "scenarios")
    remember_packages()
    REPEATS.install(app)
    keep_what_is_there()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def administer(
    database: DatabaseUrls, suite_server: SuiteServer, worker_id: str
) -> Iterator[Callable[[LiteralString], list[Any]]]:
    """Says something to this worker's database as its administrator, and gives the rows of the answer.

    The connection is kept; tests may cut it all the same.
    """
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    kept = [psycopg.connect(conninfo, autocommit=True)]

    def say(statement: LiteralString) -> list[Any]:
        try:
            answer = kept[0].execute(statement)
        except psycopg.OperationalError:
            kept[0].close()
            kept[0] = psycopg.connect(conninfo, autocommit=True)
            answer = kept[0].execute(statement)
        return answer.fetchall() if answer.description else []

    yield say
    kept[0].close()


@pytest.fixture(scope="session")
def empty_database(database: DatabaseUrls, suite_server: SuiteServer, worker_id: str) -> Iterator[Emptying]:
    """Deletes every row of this worker's database."""
    emptying = Emptying(psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}"))
    yield emptying
    emptying.close()


@pytest.fixture(scope="session")
def remembered_world(empty_database: Emptying) -> RememberedWorld:
    """Makes the world of a test quickly."""
    return RememberedWorld(empty_database)


@pytest.fixture
def app(
    _application: LumbungFlask, administer: Callable[[LiteralString], list[Any]], empty_database: Emptying
) -> Iterator[LumbungFlask]:
    """The application on an empty database. No request may ask once per row for what one query could tell, and the
    books balance afterwards."""
    REPEATS.found.clear()
    yield _application
    asked_again_and_again = dict(REPEATS.found)
    with _application.app_context():
        db.session.remove()
    wrong_in_books = administer(WRONG_IN_BOOKS)
    empty_database()
    assert asked_again_and_again == {}
    assert wrong_in_books == []


@pytest.fixture(autouse=True)
def _as_it_begins() -> None:
    """Every test begins in Indonesian and hears every warning, whatever the one before spoke and listened to."""
    use_language("id")
    configure_logs("json")


@pytest.fixture
def session(app: LumbungFlask) -> Iterator[scoped_session[Session]]:
    """A session inside an application context; commit what requests should see."""
    with app.app_context():
        yield cast("scoped_session[Session]", db.session)
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def world(session: scoped_session[Session], remembered_world: RememberedWorld) -> World:
    """Two municipalities with agencies and people, an operator and a publisher; committed."""
    return remembered_world.build(session)


@pytest.fixture(scope="session")
def local_stripe() -> Iterator[LocalStripe]:
    """A double of Stripe for the run of this worker."""
    with LocalStripe() as stripe:
        yield stripe


@pytest.fixture
def money(app: LumbungFlask, session: scoped_session[Session], local_stripe: LocalStripe) -> Iterator[MoneyStage]:
    """The application with keys, beside a double of Stripe where nothing has happened yet."""
    local_stripe.reset()
    with with_stripe(app, local_stripe):
        yield MoneyStage(app, session, local_stripe)


@pytest.fixture
def known_ids(app: LumbungFlask, session: scoped_session[Session], world: World) -> dict[str, tuple[Ids, Ids]]:
    """By site: ids of what is the visitor's own (where it matters) and of the same things of others."""
    return build_known_ids(app, session, world)


@pytest.fixture
def source_root() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
