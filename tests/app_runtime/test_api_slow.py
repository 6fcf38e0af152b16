"""What the API asks past the engine is held to the same time as every statement."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.metrics import statements
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import open_desk
from tests.browsing import browse
from tests.world import World


def test_a_slow_list_is_counted_and_logged_without_its_values(
    app: LumbungFlask,
    session: scoped_session[Session],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    program = browse(app, desk.place.host)
    ask = "/api/v1/siaran/report?category=street-light"
    counted = statements.SLOW_STATEMENTS._value.get()
    assert program.get(ask).status_code == 200
    assert statements.SLOW_STATEMENTS._value.get() == counted
    monkeypatch.setattr(statements, "SLOW_SECONDS", 0.0)
    capsys.readouterr()
    assert program.get(ask).status_code == 200
    assert statements.SLOW_STATEMENTS._value.get() > counted
    heard = capsys.readouterr()
    said = [line for line in (heard.out + heard.err).splitlines() if "slow-statement" in line]
    assert any("created_at" in line for line in said), said
    assert "street-light" not in "".join(said)
