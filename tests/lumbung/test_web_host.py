"""What the host promises of every request: site, errors, headers, one commit, audit, limits."""

from __future__ import annotations

import json
import re

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit import AuditEntry, Refusal
from lumbung.db import db, use_tenant
from lumbung.errors import TooMany
from lumbung.limits import Limit, spend, spend_each
from lumbung.web.sites import LumbungFlask, is_local_path
from tests.browsing import browse
from tests.world import World

Sessions = scoped_session[Session]


@pytest.mark.parametrize("host", ["evil.test", "nowhere.lumbung.test", "lumbung.test.evil.test", "a.b.lumbung.test"])
def test_an_unknown_host_is_misdirected(app: LumbungFlask, world: World, host: str) -> None:
    for path in ("/", "/apps", "/static/build/app.css", "/nothing"):
        answer = browse(app, host).get(path)
        assert answer.status_code == 421, path
    page = browse(app, host).get("/").text
    assert "Belum ada daerah dengan alamat ini" in page
    # That host gives no file and no other page, so this one needs none and leads to the hub.
    assert re.findall(r'(?:href|src)="([^"]*)"', page) == ["data:,", f"{app.lumbung.base_url}/regions"]


def test_a_suspended_municipality_has_no_portal(app: LumbungFlask, session: Sessions, world: World) -> None:
    world.tangsel.municipality.status = "suspended"
    session.commit()
    assert browse(app, world.tangsel.host).get("/").status_code == 421


def test_errors_are_pages_for_people_and_problems_for_programs(app: LumbungFlask, world: World) -> None:
    hub = browse(app, "lumbung.test")
    page = hub.get("/nothing")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Tidak ditemukan" in page.text
    problem = hub.get("/nothing", headers={"Accept": "application/json"})
    assert problem.mimetype == "application/problem+json"
    document = json.loads(problem.data)
    assert document["status"] == 404
    assert document["type"].endswith("/not-found")
    assert "Tidak ditemukan" in hub.get(document["type"]).text
    assert document["request_id"] == problem.headers["X-Request-Id"]
    wrong = hub.open("DELETE", "/apps", headers={"Accept": "application/json"})
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]


def test_english_is_complete_on_error_pages(app: LumbungFlask, world: World) -> None:
    hub = browse(app, "lumbung.test")
    hub.post_form("/", {"language": "en"}, to="/language")
    page = hub.get("/nothing")
    assert '<html lang="en"' in page.text
    assert "Not found" in page.text
    assert "Tidak ditemukan" not in page.text


def test_the_language_switch_does_not_lead_to_other_sites(app: LumbungFlask, world: World) -> None:
    hub = browse(app, "lumbung.test")
    answer = hub.post_form("/", {"language": "en", "next": "//evil.test/"}, to="/language")
    assert answer.location == "/"


def test_a_link_with_a_language_sets_it_for_this_browser(app: LumbungFlask, world: World) -> None:
    for host in ("lumbung.test", world.tangsel.host):
        reader = browse(app, host)
        assert '<html lang="en"' in reader.get("/?lang=en").text
        assert '<html lang="en"' in reader.get("/").text
        assert '<html lang="en"' in reader.get("/?lang=xx").text
        assert '<html lang="id"' in reader.get("/?lang=id").text
        assert '<html lang="en"' in reader.get("/nothing?lang=en").text
        assert '<html lang="id"' in browse(app, host).get("/").text


def test_a_link_with_a_language_keeps_nothing_else_and_only_when_it_changes_something(
    app: LumbungFlask, world: World
) -> None:
    reader = browse(app, "lumbung.test")
    assert "Set-Cookie" not in reader.get("/healthz?lang=en").headers
    assert "Set-Cookie" not in reader.get("/api/v1/apps?lang=en").headers
    reader.post_form("/", {"language": "en"}, to="/language")
    answer = reader.post_form("/apps?lang=en&q=a", {"language": "id", "next": "/apps?lang=en&q=a"}, to="/language")
    assert answer.location == "/apps?q=a"
    assert '<html lang="id"' in reader.get("/apps?q=a").text


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/apps", True),
        ("/a?b=c#d", True),
        ("", False),
        (None, False),
        ("//evil.test", False),
        ("/\\evil.test", False),
        ("https://evil.test", False),
        ("javascript:alert(1)", False),
        ("/a\nb", False),
        ("apps", False),
    ],
)
def test_only_paths_of_this_site_are_followed(target: str | None, expected: bool) -> None:
    assert is_local_path(target) is expected


def test_every_answer_carries_the_security_headers(app: LumbungFlask, world: World) -> None:
    for host, path in (("lumbung.test", "/"), ("lumbung.test", "/nothing"), (world.tangsel.host, "/")):
        headers = browse(app, host).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age" in headers["Strict-Transport-Security"]


def test_scripts_run_by_nonce_and_each_answer_has_its_own(app: LumbungFlask, world: World) -> None:
    hub = browse(app, "lumbung.test")
    nonces = set()
    for _ in range(2):
        answer = hub.get("/")
        found = set(re.findall(r'nonce="([^"]+)"', answer.text))
        assert len(found) == 1
        assert f"'nonce-{found.copy().pop()}'" in answer.headers["Content-Security-Policy"]
        nonces |= found
    assert len(nonces) == 2


def test_the_cookie_belongs_to_this_host_alone(app: LumbungFlask, world: World) -> None:
    cookie = browse(app, "lumbung.test").get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("__Host-lumbung=")
    assert "Domain" not in cookie
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie


def test_a_post_without_its_token_is_refused_and_says_what_to_do(app: LumbungFlask, world: World) -> None:
    answer = browse(app, "lumbung.test").post("/language", {"language": "en"})
    assert answer.status_code == 400
    assert "Muat ulang" in answer.text


def test_a_refused_change_leaves_nothing_behind_and_an_accepted_one_an_audit_row(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    admin.post("/language", {"language": "en"})
    use_tenant(session, world.tangsel.id)
    assert session.scalars(select(AuditEntry)).all() == []
    session.rollback()
    admin.post_form("/", {"language": "en"}, to="/language")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("request", "shell.choose_language")
    assert entry.actor == world.tangsel.accounts["admin"].name


def test_refusals_are_counted_in_one_row_however_many_there_are(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    for _ in range(5):
        assert handler.get("/manage/apps").status_code == 403
    refusal = session.scalars(select(Refusal)).one()
    assert (refusal.slug, refusal.times, refusal.site) == ("forbidden", 5, "tangsel")


def test_a_bucket_empties_and_fills_again(app: LumbungFlask, session: Sessions) -> None:
    limit = Limit("test", size=3, seconds=60)
    with app.test_request_context("/", base_url="https://lumbung.test"):
        for _ in range(3):
            spend(limit, "somebody")
        with pytest.raises(TooMany) as caught:
            spend(limit, "somebody")
        assert 1 <= caught.value.retry_after <= 61
        spend(limit, "somebody else")


def test_several_buckets_are_spent_from_at_once_and_the_longest_wait_is_told(
    app: LumbungFlask, session: Sessions
) -> None:
    wide, narrow = Limit("wide", size=3, seconds=60), Limit("narrow", size=1, seconds=600)
    with app.test_request_context("/", base_url="https://lumbung.test"):
        spend_each((wide, "somebody"), (narrow, "somebody"))
        with pytest.raises(TooMany) as caught:
            spend_each((narrow, "somebody"), (wide, "somebody"))
        assert 500 <= caught.value.retry_after <= 601
        spend(wide, "somebody")
        with pytest.raises(TooMany):
            spend(wide, "somebody")


def test_alive_and_ready_on_any_host(app: LumbungFlask, session: Sessions) -> None:
    for host in ("lumbung.test", "10.0.0.7"):
        assert browse(app, host).get("/healthz").json == {"status": "ok"}
        assert browse(app, host).get("/readyz").status_code == 200


def test_request_ids_are_taken_over_only_when_they_are_harmless(app: LumbungFlask, world: World) -> None:
    hub = browse(app, "lumbung.test")
    assert hub.get("/", headers={"X-Request-Id": "abcdef-1234"}).headers["X-Request-Id"] == "abcdef-1234"
    assert hub.get("/", headers={"X-Request-Id": "a b<script>"}).headers["X-Request-Id"] != "a b<script>"


def test_logs_tell_the_rule_and_never_the_path(app: LumbungFlask, world: World) -> None:
    with structlog.testing.capture_logs() as lines:
        browse(app, world.tangsel.host).get("/track/SECR-ETCO-DE42-X?name=Wati")
    assert [line["rule"] for line in lines if line["event"] == "request"]
    assert "SECR" not in str(lines)
    assert "Wati" not in str(lines)


def test_what_no_text_can_hold_is_the_senders_mistake(app: LumbungFlask, world: World) -> None:
    for path in ("/apps?q=%00", "/apps/a%00b", "/sign-in?next=%00"):
        assert browse(app, "lumbung.test").get(path).status_code in (200, 400, 404, 422), path
    for path in ("/%00", "/track/%00", "/siaran?q=%00"):
        assert browse(app, world.tangsel.host).get(path).status_code in (200, 400, 404, 422), path


def test_a_request_ends_without_a_municipality_on_the_session(app: LumbungFlask, world: World) -> None:
    with app.app_context():
        app.test_client().get("/", base_url=f"https://{world.tangsel.host}")
        assert db.session.info.get("tenant_id") is None
