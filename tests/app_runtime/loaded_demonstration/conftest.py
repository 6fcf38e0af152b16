"""The demonstration, loaded once for the tests of this folder and gone after the last of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from app_runtime.demonstration.loading import load_demonstration
from app_runtime.demonstration.progress import STEPS
from lumbung.db import db, use_tenant
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_runtime.loaded_demonstration.loaded import SLUGS, UNTIL, Loaded
from tests.conftest import EMPTY_ALL


@pytest.fixture(scope="package")
def emptied(_application: LumbungFlask, suite_server: SuiteServer, worker_id: str) -> Iterator[LumbungFlask]:
    """The application on a database that is emptied after the last of these tests only."""
    yield _application
    with _application.app_context():
        db.session.remove()
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(EMPTY_ALL)


@pytest.fixture(scope="package")
def loaded(emptied: LumbungFlask, settings: Settings, only_here: Callable[[str], None]) -> Loaded:
    """Loaded in two goes: the first one is cut off in the middle of the second city."""
    only_here("demonstration")

    def cut_off(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    patch = pytest.MonkeyPatch()
    with emptied.app_context():
        told: list[str] = []

        def tell(step: str) -> None:
            told.append(step)
            if step == STEPS[1]:
                patch.setattr("app_runtime.demonstration.loading.live_month", cut_off)

        try:
            with pytest.raises(KeyboardInterrupt):
                load_demonstration(db.session, until=UNTIL, tell=tell)
        finally:
            patch.undo()
        db.session.rollback()
        db.session.remove()
        assert told == list(STEPS[:2])
        use_tenant(db.session, None)
        assert db.session.scalars(select(Municipality.slug)).all() == [SLUGS[0]]
        steps = load_demonstration(db.session, until=UNTIL)
        db.session.remove()
    return Loaded(emptied, settings, steps)
