"""Ten minutes of churn over three connections."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session, scoped_session

from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from tests.proofs.churn import Churn, LeakySession
from tests.soak.conftest import amount
from tests.world import World


def test_no_foreign_row_in_a_long_churn(
    settings: Settings,
    suite_server: SuiteServer,
    session: scoped_session[Session],
    world: World,
    proved: Callable[[str], None],
) -> None:
    tenants = (world.tangsel.id, world.surabaya.id)
    seconds = amount("CHURN_SECONDS", 600)
    done = Churn(settings.database_url, suite_server.admin_conninfo, tenants, seconds, threads=64).run()
    assert done.foreign == []
    control = Churn(settings.database_url, suite_server.admin_conninfo, tenants, 5, session_class=LeakySession).run()
    assert control.foreign
    broken = sum(count for end, count in done.ends.items() if ":" in end)
    proved(
        f"{done.works} pieces of work by 64 threads over 3 connections, {broken} of them broken off by cancels, kills, "
        f"timeouts and exceptions: 0 foreign rows. The control with a setting for the whole connection leaked "
        f"{len(control.foreign)} times in 5 seconds."
    )
