"""Every route that takes an id: what belongs to somebody else answers exactly as what is not there at all.

The routes come from the URL map, so that a new one is tried the day it is written. A new kind of id fails until
`tests/lumbung/belongings` says what a foreign one is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from werkzeug.routing import Rule as UrlRule
from werkzeug.test import TestResponse

from lumbung.ids import new_id
from lumbung.web.access import CURATOR, OPERATOR, stated_rule
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse
from tests.lumbung.belongings.apps import Ids
from tests.lumbung.belongings.known import TEXTS
from tests.world import World

SLUGS = {"hub": "surabaya", "portal": "siaran"}
APP_ON_HUB = {
    "learning.file",
    "judgements.evaluation_page",
    "judgements.evaluation_paper",
    "judgements.evaluation_table",
    "judgements.evaluation_evidence",
    "request_pages.show",
    "requests_api.in_full",
    "flags.flag_form",
    "flags.flag",
}
"""Routes of the hub whose slug is an app's and not a publisher's."""
NOT_FOUND_OTHERWISE = {"pages.done"}
"""Leads to the page that asks for a code, whatever the id is."""


def _uuid_arguments(rule: UrlRule) -> list[str]:
    return list(re.findall(r"<uuid:(\w+)>", rule.rule))


def _routes(app: LumbungFlask) -> Iterator[tuple[UrlRule, str]]:
    for rule in app.url_map.iter_rules():
        # Operators and curators belong to the platform: nothing there is another's.
        if _uuid_arguments(rule) and stated_rule(app.view_functions[rule.endpoint]) not in (OPERATOR, CURATOR):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def _masked(answer: TestResponse, ids: Ids) -> tuple[int, str, dict[str, str]]:
    text = answer.text
    for secret in (answer.headers.get("X-Request-Id", "-"), *map(str, ids.values())):
        text = text.replace(secret, "~")
    text = re.sub(r'nonce="[^"]+"', "~", text)
    text = re.sub(r'(name="csrf_token" value|name="csrf-token" content)="[^"]+"', "~", text)
    varying = {"X-Request-Id", "Content-Security-Policy", "Set-Cookie", "Date", "Content-Length"}
    return answer.status_code, text, {key: value for key, value in answer.headers.items() if key not in varying}


def _ask(app: LumbungFlask, browser: Browser, rule: UrlRule, method: str, ids: Ids) -> TestResponse:
    site = str(rule.host)
    slug = "siaran" if rule.endpoint in APP_ON_HUB else SLUGS[site]
    values = {name: ids.get(name) or TEXTS.get(name, slug) for name in rule.arguments}
    return browser.open(method, app.url_map.bind(site).build(rule.endpoint, values))


def test_what_is_foreign_answers_as_what_is_missing(
    app: LumbungFlask, world: World, known_ids: dict[str, tuple[Ids, Ids]]
) -> None:
    admin = world.surabaya.accounts["admin"]
    browsers = {"hub": browse(app, "lumbung.test", admin), "portal": browse(app, world.surabaya.host, admin)}
    app.config["WTF_CSRF_ENABLED"] = False
    tried, different = 0, []
    try:
        for rule, method in _routes(app):
            site, names = str(rule.host), _uuid_arguments(rule)
            own, foreign = known_ids[site]
            assert set(names) <= set(foreign), f"Say in tests/lumbung/belongings what a foreign id is for {rule.rule}."
            for choice in product((own, foreign), repeat=len(names)):
                if foreign not in choice:
                    continue
                picked = {name: source.get(name, foreign[name]) for name, source in zip(names, choice, strict=True)}
                # Only what is foreign is exchanged for what is nowhere; what is the visitor's own stays.
                nowhere = {name: picked[name] if picked[name] == own.get(name) else new_id() for name in names}
                asked = _masked(_ask(app, browsers[site], rule, method, picked), picked)
                missing = _masked(_ask(app, browsers[site], rule, method, nowhere), nowhere)
                tried += 1
                expected = 302 if rule.endpoint in NOT_FOUND_OTHERWISE else 404
                if asked != missing or asked[0] != expected:
                    different.append(f"{method} {rule.rule} {sorted(picked)}: {asked[0]}, missing {missing[0]}")
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert different == []
    assert tried > 40


def test_own_ids_do_answer(app: LumbungFlask, world: World, known_ids: dict[str, tuple[Ids, Ids]]) -> None:
    """Without this the test above could pass because nothing was ever found."""
    own, _ = known_ids["portal"]
    portal = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    found: list[str] = []
    lost: list[str] = []
    for rule, method in _routes(app):
        if method != "GET" or str(rule.host) != "portal" or rule.endpoint in NOT_FOUND_OTHERWISE:
            continue
        answer = _ask(app, portal, rule, method, own)
        (found if answer.status_code in (200, 302, 303) else lost).append(f"{rule.rule} {answer.status_code}")
    assert len(found) >= 7, lost
