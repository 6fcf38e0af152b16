"""Every route states who may call it, and every visitor gets what the statement says."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.access import PUBLIC, SIGNED_IN, Rule, stated_rule
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.siaran import enable_siaran
from tests.world import World

NOBODY_ID = "01a203d6-0000-7000-8000-000000000000"
VALUES = {
    "slug": "siaran",
    "app_slug": "siaran",
    "installation_slug": "siaran",
    "version": "0.9.0",
    "code": "36.74",
    "filename": "nothing.txt",
    "path": "nothing",
    "token": "nothing",
    "kind": "review",
    "page_id": "nothing",
    "record_type": "report",
    "year": "2026",
}
"""Values for the variables of rules; ids are those of nobody."""


def test_every_route_states_a_policy(app: LumbungFlask) -> None:
    silent = [
        rule.endpoint for rule in app.url_map.iter_rules() if stated_rule(app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


def routes(app: LumbungFlask) -> list[tuple[str, str, str, Rule]]:
    """Site, method, path and policy of every route; foreign ids in place of variables."""
    found: list[tuple[str, str, str, Rule]] = []
    for rule in app.url_map.iter_rules():
        policy = stated_rule(app.view_functions[rule.endpoint])
        assert policy is not None
        values = {name: VALUES.get(name, NOBODY_ID) for name in rule.arguments}
        site = str(rule.host)
        path = app.url_map.bind(site).build(rule.endpoint, values)
        found.extend((site, method, path, policy) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


@pytest.mark.parametrize(
    "who", ["anonymous", "citizen", "official", "evaluator", "admin", "other admin", "maintainer", "operator"]
)
def test_every_route_as_each_kind_of_visitor(
    app: LumbungFlask, session: scoped_session[Session], world: World, who: str
) -> None:
    """Nobody gets an error of ours, and whom the policy excludes is sent to sign in or refused."""
    enable_siaran(session, world, world.surabaya)
    account = {
        "anonymous": None,
        "citizen": world.stranger,
        "official": world.surabaya.accounts["handler"],
        "evaluator": world.surabaya.accounts["evaluator"],
        "admin": world.surabaya.accounts["admin"],
        "other admin": world.tangsel.accounts["handler"],
        "maintainer": world.tangsel.accounts["admin"],
        "operator": world.operator,
    }[who]
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        failures = []
        browsers = {
            "hub": browse(app, "lumbung.test", account),
            "portal": browse(app, world.surabaya.host, account),
        }
        for site, method, path, policy in routes(app):
            if path.endswith(("/sign-out", "/sessions/revoke-others")) or "sessions" in path:
                continue
            answer = browsers[site].open(method, path)
            label = f"{method} {site}{path} [{policy.name}] {answer.status_code}"
            refused = answer.status_code in (401, 403, 404) or (
                answer.status_code == 302 and any(way in (answer.location or "") for way in ("/sign-in", "/handover"))
            )
            if (
                answer.status_code >= 500
                or (policy not in (PUBLIC, SIGNED_IN) and who in ("anonymous", "citizen") and not refused)
                or (policy is SIGNED_IN and who == "anonymous" and not refused)
            ):
                failures.append(label)
        assert failures == []
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
