"""What everybody may read on the hub has a validator, and is not sent twice to who holds it."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from lumbung.web.access import PUBLIC, stated_rule
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse
from tests.lumbung.test_access_policies import VALUES
from tests.siaran import enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
NEVER_KEPT = {"health.healthz", "health.readyz", "metrics.metrics", "static"}
"""Routes whose answer is true for a moment alone."""


def _paths(app: LumbungFlask) -> list[str]:
    """Every address that the hub answers to anybody, of what there is."""
    found = []
    for rule in app.url_map.iter_rules():
        public = stated_rule(app.view_functions[rule.endpoint]) is PUBLIC and rule.endpoint not in NEVER_KEPT
        if rule.host == "hub" and public and "GET" in (rule.methods or ()) and rule.arguments <= set(VALUES):
            values = {name: VALUES[name] for name in rule.arguments}
            found.append(app.url_map.bind("hub").build(rule.endpoint, values))
    return sorted(found)


def _unkept(browser: Browser, path: str) -> str | None:
    """What is wrong with the validator of an answer, or nothing."""
    first = browser.get(path)
    if first.status_code != 200 or first.cache_control.no_store:
        return None
    etag = first.headers.get("ETag")
    if not etag:
        return "no ETag"
    again = browser.get(path, headers={"If-None-Match": etag})
    if again.status_code != 304 or again.data:
        return f"{again.status_code} for what is held already"
    if again.headers.get("ETag") != etag:
        return "another ETag with 304"
    return None


def test_everything_public_on_the_hub_is_sent_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    browser, paths = browse(app), _paths(app)
    # A browser has its cookie after the first page.
    browser.get("/")
    assert len(paths) > 20
    assert {path: wrong for path in paths if (wrong := _unkept(browser, path))} == {}


def _nonce(answer: TestResponse) -> set[str]:
    return set(re.findall(r'nonce="([^"]+)"', answer.text))


def test_a_page_that_says_something_else_is_sent(app: LumbungFlask, session: Sessions, world: World) -> None:
    browser = browse(app)
    browser.get("/apps")
    held = browser.get("/apps").headers["ETag"]
    assert browser.get("/apps", headers={"If-None-Match": held}).status_code == 304
    enable_siaran(session, world)
    assert browser.get("/apps", headers={"If-None-Match": held}).status_code == 200


def test_another_language_is_another_page(app: LumbungFlask, world: World) -> None:
    browser = browse(app)
    browser.get("/apps")
    held = browser.get("/apps").headers["ETag"]
    browser.get("/apps?lang=en")
    answer = browser.get("/apps", headers={"If-None-Match": held})
    assert answer.status_code == 200
    assert "Cookie" in answer.headers["Vary"]


def test_a_page_with_a_form_belongs_to_one_browser(app: LumbungFlask, world: World) -> None:
    """Its token is worth nothing in another one."""
    browser = browse(app)
    browser.get("/sign-in")
    held = browser.get("/sign-in").headers.get("ETag")
    if held:
        assert browse(app).get("/sign-in", headers={"If-None-Match": held}).status_code == 200


def test_what_is_held_keeps_the_policy_that_it_came_with(app: LumbungFlask, world: World) -> None:
    browser = browse(app)
    browser.get("/apps")
    first = browser.get("/apps")
    assert _nonce(first)
    assert _nonce(first) != _nonce(browser.get("/apps"))
    again = browser.get("/apps", headers={"If-None-Match": first.headers["ETag"]})
    assert "Content-Security-Policy" not in again.headers


def test_pages_of_people_who_are_signed_in_are_never_kept(app: LumbungFlask, world: World) -> None:
    answer = browse(app, "lumbung.test", world.operator).get("/apps")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
