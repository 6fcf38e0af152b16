"""What other sites, proxies nobody trusts and odd methods may try: every changing route refuses a forged request."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit import AuditEntry, PlatformAuditEntry
from lumbung.db import as_tenant
from lumbung.limits.models import RateBucket
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.lumbung.test_access_policies import NOBODY_ID, VALUES
from tests.siaran import enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
WITH_TOKENS = {
    "api.send",
    "deprecations_api.announce",
    "deprecations_api.support",
    "releases_api.create_release",
    "releases_api.promote",
    "releases_api.yank",
    "stopping.stop",
    "stripe_events.receive",
}
"""Routes for programs: they carry a token of their own in place of the page's, or know nobody and take JSON alone. One
click in a letter brings a signed address (RFC 8058); Stripe signs what it tells."""
FROM_ELSEWHERE = {"Origin": "https://evil.test", "Referer": "https://evil.test/", "Sec-Fetch-Site": "cross-site"}


def test_every_changing_route_refuses_a_request_without_the_pages_token(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    enable_siaran(session, world, world.surabaya)
    admin = world.surabaya.accounts["admin"]
    admin.is_operator = admin.is_curator = True
    session.commit()
    browsers = {"hub": browse(app, "lumbung.test", admin), "portal": browse(app, world.surabaya.host, admin)}
    accepted, tried = [], 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in WITH_TOKENS:
            continue
        values = {name: VALUES.get(name, NOBODY_ID) for name in rule.arguments}
        path = app.url_map.bind(str(rule.host)).build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            tried += 1
            for data in ({}, {"csrf_token": "forged"}, {"csrf_token": ""}):
                answer = browsers[str(rule.host)].open(method, path, data=data, headers=FROM_ELSEWHERE)
                # Evaluators and members alone may call some routes of the portal; no such route answers below 400.
                if answer.status_code not in (400, 403):
                    accepted.append(f"{method} {rule.rule} {answer.status_code}")
    assert accepted == []
    assert tried > 60
    with as_tenant(session, world.surabaya.id):
        noted = session.scalars(select(AuditEntry.action).where(AuditEntry.action != "app.enabled")).all()
    assert noted == []
    assert session.scalar(select(func.count()).where(PlatformAuditEntry.account_id == admin.id)) == 0


def test_a_method_is_not_overridden_and_no_other_site_reads_answers(app: LumbungFlask, world: World) -> None:
    portal = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    for options in (
        {"headers": {"X-HTTP-Method-Override": "POST", **FROM_ELSEWHERE}},
        {"headers": FROM_ELSEWHERE, "query_string": {"_method": "POST"}},
    ):
        answer = portal.open("GET", "/language", **options)
        assert answer.status_code in (404, 405)
    answer = portal.open("OPTIONS", "/manage", headers={**FROM_ELSEWHERE, "Access-Control-Request-Method": "POST"})
    for found in (answer, portal.get("/manage", headers=FROM_ELSEWHERE)):
        assert not [name for name, _ in found.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "surabaya.lumbung.test"},
        {"X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http"},
        {"Forwarded": "host=evil.test;proto=http"},
        {"X-Original-Host": "evil.test", "X-Host": "evil.test", "X-Rewrite-URL": "/manage"},
    ],
)
def test_forwarded_headers_mean_nothing_without_trusted_proxies(
    app: LumbungFlask, world: World, headers: dict[str, str]
) -> None:
    answer = browse(app, world.tangsel.host).get("/", headers=headers)
    assert answer.status_code == 200
    assert "Tangerang Selatan" in answer.text
    assert "evil.test" not in answer.text + str(answer.headers)
    sign_in = browse(app, world.tangsel.host).get("/sign-in", headers=headers)
    assert sign_in.headers["Location"].startswith("https://lumbung.test/sign-in")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("TANGSEL.lumbung.TEST", 200),
        ("tangsel.lumbung.test:8443", 421),
        ("tangsel.lumbung.test.", 421),
        ("lumbung.test.", 421),
        ("lumbung.test@evil.test", 421),
        ("hub", 421),
        ("portal", 421),
    ],
)
def test_a_host_is_one_of_ours_letter_by_letter(app: LumbungFlask, world: World, host: str, status: int) -> None:
    with app.app_context():
        answer = app.test_client().get("/", base_url="https://lumbung.test", headers={"Host": host})
    assert answer.status_code in (status, 400) if status != 200 else answer.status_code == 200


def test_a_forwarded_address_does_not_fill_another_bucket(app: LumbungFlask, session: Sessions, world: World) -> None:
    portal = browse(app, world.tangsel.host)
    for number in range(4):
        portal.get(
            "/track/WRONG-CODE", headers={"X-Forwarded-For": f"10.9.8.{number}", "X-Real-IP": f"10.0.0.{number}"}
        )
    keys = session.scalars(select(RateBucket.key).where(RateBucket.key.startswith("tracking-lookups"))).all()
    assert len(keys) == 1
