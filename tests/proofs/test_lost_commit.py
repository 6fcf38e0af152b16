"""An answer says that something was done only when it was: also when the very commit fails."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session, scoped_session

from lumbung.db.engine import LumbungSession
from lumbung.metrics.requests import REQUESTS
from lumbung.postgres.testing import SuiteServer
from lumbung.web.sites import LumbungFlask
from tenants.agencies.models import Agency
from tests.browsing import browse
from tests.world import World


def test_a_commit_that_fails_is_answered_with_503_and_can_be_repeated(
    app: LumbungFlask, suite_server: SuiteServer, session: scoped_session[Session], world: World
) -> None:
    portal = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    asked = {"name": "Dinas Pekerjaan Umum", "short_name": "DPU"}
    killed: list[int] = []

    def kill(flushed: Session, _context: object) -> None:
        """Take the connection away after the change was written and before it is committed."""
        if not killed and any(isinstance(one, Agency) for one in flushed.new):
            killed.append(flushed.execute(text("SELECT pg_backend_pid()")).scalar_one())

    def just_before(committing: Session) -> None:
        # Letting go of a savepoint is announced as a commit too, and comes while the page is still being made.
        if killed and killed[0] and not committing.in_nested_transaction():
            with suite_server.admin_connection() as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [killed[0]])
            killed[0] = 0

    counted = REQUESTS.labels(world.tangsel.slug, "", "5xx")
    before = counted._value.get()
    event.listen(LumbungSession, "after_flush", kill)
    event.listen(LumbungSession, "before_commit", just_before)
    try:
        refused = portal.post_form("/manage/agencies/new", asked)
    finally:
        event.remove(LumbungSession, "after_flush", kill)
        event.remove(LumbungSession, "before_commit", just_before)
    assert killed == [0]
    assert refused.status_code == 503
    assert counted._value.get() == before + 1
    assert refused.headers["Retry-After"] == "5"
    assert refused.headers["Content-Security-Policy"]
    assert "Location" not in refused.headers
    assert portal.post_form("/manage/agencies/new", asked).status_code == 303
    session.rollback()
    session.info["tenant_id"] = world.tangsel.id
    assert session.scalar(select(func.count()).select_from(Agency).where(Agency.short_name == "DPU")) == 1


@pytest.mark.parametrize("ending", ["rollback", "close"])
def test_a_session_ends_quietly_when_its_connection_is_gone(
    session: scoped_session[Session], suite_server: SuiteServer, world: World, ending: str
) -> None:
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with suite_server.admin_connection() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    getattr(session(), ending)()
    assert session.execute(text("SELECT 1")).scalar_one() == 1
