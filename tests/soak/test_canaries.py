"""The walk with canaries by every method and as every kind of visitor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.sites import LumbungFlask
from tests.lumbung.belongings.apps import Ids
from tests.proofs.test_canaries import marked, walk_of  # noqa: F401 - marked is a fixture.
from tests.world import World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize(
    "who", ["anonymous", "citizen", "official", "head", "evaluator", "dispatcher", "admin", "operator"]
)
def test_nothing_that_others_may_ask_for_holds_a_value_of_a_municipality(
    app: LumbungFlask,
    session: scoped_session[Session],
    world: World,
    marked: dict[str, tuple[Ids, Ids]],  # noqa: F811 - the fixture of the same name.
    who: str,
    proved: Callable[[str], None],
) -> None:
    people = world.surabaya.accounts
    accounts = {"anonymous": None, "citizen": world.stranger, "official": people["handler"], "operator": world.operator}
    walk = walk_of(app, world, marked, {**people, **accounts}[who], operator=who == "operator", methods=METHODS)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        walk.go()
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert walk.seen == []
    proved(f"{who}: {walk.asked} requests to every route by every method, {walk.answered} answered: 0 canaries.")
