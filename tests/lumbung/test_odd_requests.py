"""Odd hosts, paths, cookies, queries and headers: none changes what is answered to anybody else."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.sites import LumbungFlask
from tenants.accounts.passwords import hash_password
from tests.browsing import browse
from tests.world import PASSWORD, World

Sessions = scoped_session[Session]
HOSTS = [
    "tangsel.lumbung.test:443x", "tangsel.lumbung.test:99999", "[::1]", "[::1]:8443", "[tangsel.lumbung.test]",
    "user@lumbung.test", "user:word@tangsel.lumbung.test", "lumbung.test/evil", "lumbung.test?x", "lumbung.test#x",
    "lumbung.test\\evil", "lumbung.test, evil.test", "lumbung.test evil.test", "*.lumbung.test", "%2e.lumbung.test",
    ".lumbung.test", "-.lumbung.test", "xn--tngsel-9ta.lumbung.test", "127.0.0.1", "0x7f000001", "evil.test",
    "tangsel.lumbung.test.evil.test", "lumbung.test:80:80", "surabaya.tangsel.lumbung.test",
    "a" * 300 + ".lumbung.test",
]  # fmt: skip
PATHS = [
    "/static/../../wsgi.py", "/static/%2e%2e/%2e%2e/wsgi.py", "/static/..%2f..%2fwsgi.py", "/static/%2fetc%2fpasswd",
    "/static/....//....//etc/passwd", "/static/..\\..\\wsgi.py", "/static/%5c..%5cwsgi.py", "/static//etc/passwd",
    "/static/build/%00.css", "/static/\x7f", "/apps/..;/manage", "/apps/%2e%2e%2fmanage", "/%2e%2e/%2e%2e/etc/passwd",
    "/apps/siaran/0.9.0/files/../../../../etc/passwd", "/apps/siaran/0.9.0/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/seal/../../etc/passwd", "/photos/%00", "/track/..%2f..%2f", "/%ff%fe", "/%c0%ae%c0%ae/etc/passwd", "/a%0d%0aX: y",
    "/" + "a" * 8_000, "/" + "a/" * 3_000, "/?" + "a=b&" * 20_000, "/apps?" + "q=" + "x" * 100_000, "/apps?q[]=1&q[]=2",
    "/apps?page=-1", "/apps?page=99999999999999999999", "/apps?page=1e9", "/apps?q=%F0%9F%92%A9%00",
]  # fmt: skip
AWAY = [
    "//evil.test", "///evil.test", "////evil.test/%2f..", "/\\evil.test", "\\\\evil.test", "https:evil.test",
    "https://evil.test", "HTTPS://evil.test", "http:/evil.test", "javascript:alert(1)", "data:text/html,x",
    "/%09/evil.test",
    "/\t/evil.test", "/\r\nLocation: https://evil.test", " //evil.test", "\x00//evil.test",
    "https://lumbung.test@evil.test",
    "https://lumbung.test.evil.test", "//lumbung.test:80@evil.test", "/\u2028/evil.test", "//evil%E3%80%82test",
]  # fmt: skip
COOKIES = [
    "__Host-lumbung=x", "__Host-lumbung=" + "x" * 20_000, "__Host-lumbung=.eJw.x.y", '__Host-lumbung="', "=; =;",
    "__Host-lumbung=a; __Host-lumbung=b", "lumbung=x; session=y", "\xff=\xfe", "a=b;" * 2_000,
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_an_odd_host_is_nobodys(app: LumbungFlask, world: World, host: str) -> None:
    with app.app_context():
        answer = app.test_client().get("/sign-in", base_url="https://lumbung.test", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("path", PATHS, ids=[str(number) for number in range(len(PATHS))])
def test_an_odd_path_leads_nowhere(app: LumbungFlask, world: World, path: str) -> None:
    for host in ("lumbung.test", world.tangsel.host):
        answer = browse(app, host).get(path)
        assert answer.status_code < 500, path
        assert "create_app" not in answer.text
        assert "root:" not in answer.text
        assert "X" not in answer.headers


@pytest.mark.parametrize("target", AWAY)
def test_signing_in_never_leads_away(app: LumbungFlask, session: Sessions, world: World, target: str) -> None:
    handler = world.tangsel.accounts["handler"]
    handler.password_hash = hash_password(PASSWORD)
    session.commit()
    hub = browse(app, "lumbung.test")
    path = f"/sign-in?next={quote(target)}"
    answer = hub.get(path)
    if answer.status_code == 200:
        answer = hub.post_form(path, {"email": handler.email, "password": PASSWORD}, to="/sign-in")
    location = answer.headers.get("Location", "/")
    assert location.startswith(("https://lumbung.test/", "/"))
    assert not location.startswith(("//", "/\\"))
    assert "Location:" not in str(answer.headers).replace("Location: " + location, "")
    switched = hub.post_form("/", {"language": "en", "next": target}, to="/language")
    assert switched.status_code in (303, 400)
    # What stays encoded is a page of this very site that does not exist.
    assert switched.headers.get("Location", "/") in ("/", "/%09/evil.test", "/%E2%80%A8/evil.test")


@pytest.mark.parametrize("cookie", COOKIES, ids=[str(number) for number in range(len(COOKIES))])
def test_an_odd_cookie_is_no_session(app: LumbungFlask, world: World, cookie: str) -> None:
    for host in ("lumbung.test", world.tangsel.host):
        with app.app_context():
            answer = app.test_client(use_cookies=False).get("/", base_url=f"https://{host}", headers={"Cookie": cookie})
        assert answer.status_code in (200, 400)
        assert "handler@" not in answer.text


def test_what_one_asks_for_is_never_kept_for_another(app: LumbungFlask, world: World) -> None:
    marks = {
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/evil",
        "Origin": "evil",
    }
    for host, path in (("lumbung.test", "/"), ("lumbung.test", "/apps"), (world.tangsel.host, "/")):
        answer = browse(app, host).get(f"{path}?utm_content=evil<b>&_=1", headers=marks)
        assert answer.status_code == 200
        assert "evil<b>" not in answer.text
        assert "evil.test" not in answer.text + str(answer.headers)
        assert "/evil" not in answer.text
        assert "public" not in answer.headers["Cache-Control"]
        signed = browse(app, host, world.tangsel.accounts["admin"]).get(path)
        assert signed.headers["Cache-Control"] == "no-store"


def test_odd_lengths_and_codings_are_answered(app: LumbungFlask, world: World) -> None:
    hub = browse(app, "lumbung.test")
    for headers in (
        {"Transfer-Encoding": "chunked, identity"},
        {"Expect": "100-continue"},
        {"Range": "bytes=0-" + ",0-" * 5_000},
        {"Accept": "text/html;q=" + "9" * 5_000},
        {"Accept-Language": "id;q=nan,en;q=inf," + "x," * 5_000},
        {"If-None-Match": '"' * 5_000},
        {"If-Modified-Since": "Thu, 99 Foo 99999 99:99:99 GMT"},
        {"Referer": "javascript:alert(1)"},
        {"User-Agent": "\xff" * 2_000},
        {"Content-Type": ";" * 5_000},
        {"Authorization": "Basic " + "=" * 5_000},
        {"HX-Request": "true", "HX-Current-URL": "javascript:alert(1)"},
    ):
        for path in ("/", "/static/favicon.svg", "/nothing"):
            answer = hub.get(path, headers=headers)
            assert answer.status_code < 500, (path, headers)
            assert "alert(1)" not in answer.text
