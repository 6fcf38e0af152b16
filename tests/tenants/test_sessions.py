"""Sessions: opened, looked up, listed, ended."""

from __future__ import annotations

from flask import g
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.world import World

DbSession = scoped_session[Session]


def test_a_signed_in_browser_has_its_roles_on_a_portal(app: LumbungFlask, world: World) -> None:
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"])
    seen = {}
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.update(visitor=g.visitor))
    try:
        browser.get("/brand.css")
    finally:
        app.before_request_funcs[None].pop()
    assert seen["visitor"].roles == {"official", "siaran:dispatcher"}
    assert seen["visitor"].agency_id == world.tangsel.agencies["diskominfo"].id
