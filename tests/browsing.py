"""A browser for tests without one: bound to a host, signed in through the real services, posting real forms.

    browser = browse(app, "lumbung.test", account)            # the hub, signed in
    portal = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    answer = portal.post_form("/manage/agencies/new", {"name": "Dinas PU"})
    assert answer.status_code == 303

One Browser keeps the cookies of every host that it visits; paths mean its own host, whole addresses any host. Every
request runs in an application context of its own, so `g` and `db.session` are never those of the test. Commit what a
request should see, and `session.expire_all()` before looking at what it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lumbung.db import db
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.accounts.sessions import HUB, find_session, open_session

HUB_HOST = "lumbung.test"
USER_AGENT = "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"


@dataclass
class Form:
    """One form of a page: where it goes and what it holds before anybody types."""

    action: str
    method: str
    fields: dict[str, Any] = field(default_factory=dict)


class Browser:
    """Requests to one host (and by whole addresses to others), with cookies."""

    def __init__(self, app: LumbungFlask, host: str) -> None:
        self.app = app
        self.host = host
        self.client: FlaskClient = app.test_client()

    def open(self, method: str, target: str, **options: Any) -> TestResponse:
        """One request; `options` are those of werkzeug's test client (`data`, `headers`, `json`, …)."""
        parts = urlsplit(target)
        host = parts.netloc or self.host
        path = target if not parts.netloc else target.split(parts.netloc, 1)[1] or "/"
        options.setdefault("buffered", True)
        headers = {"User-Agent": USER_AGENT, **dict(options.pop("headers", {}))}
        with self.app.app_context():
            return self.client.open(path, method=method, base_url=f"https://{host}", headers=headers, **options)

    def get(self, target: str, **options: Any) -> TestResponse:
        """GET, without following redirects."""
        return self.open("GET", target, **options)

    def post(self, target: str, data: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """POST exactly this, without a CSRF token unless `data` holds one."""
        return self.open("POST", target, data=dict(data or {}), **options)

    def post_form(
        self, path: str, data: Mapping[str, Any] | None = None, *, to: str | None = None, **options: Any
    ) -> TestResponse:
        """GET `path`, fill in its form and send it; the answer to the POST.

        The form is the one whose action is `to`, or `path` itself when `to` is not given. What the page has filled
        in is sent along; `data` replaces it by name, and None takes a field out. When the page has no such form, only
        `data` and the page's CSRF token go to `to` (or `path`).
        """
        page = self.get(path)
        assert page.status_code < 400, f"{path} answered {page.status_code}"
        here = urlsplit(path)
        wanted = urlsplit(to or path).path
        chosen = find_form(page.text, wanted, page_path=here.path)
        values = dict(chosen.fields) if chosen else {"csrf_token": csrf_token(page.text)}
        values.update(data or {})
        sent = {name: value for name, value in values.items() if value is not None}
        target = to or (chosen.action if chosen and chosen.action else path)
        if here.netloc and not urlsplit(target).netloc:
            target = f"https://{here.netloc}{target}"
        return self.open("POST", target, data=sent, **options)

    def follow(self, answer: TestResponse, *, times: int = 10) -> TestResponse:
        """Follow redirects, to other hosts too."""
        host = urlsplit(answer.request.url).netloc
        while answer.status_code in {301, 302, 303, 307, 308} and times:
            location = answer.headers["Location"]
            if location.startswith("/"):
                location = f"https://{host}{location}"
            host = urlsplit(location).netloc
            answer, times = self.get(location), times - 1
        return answer

    def sign_in(self, account: Account, *, host: str | None = None) -> Browser:
        """Open sessions as sign-in (and, on a portal, the hand-over) does, and keep the cookie."""
        host = host or self.host
        slug = HUB if host == HUB_HOST else host.split(".", 1)[0]
        with self.app.app_context():
            known = db.session.get(Account, account.id)
            assert known is not None, "Commit the account first."
            token = open_session(db.session, known, HUB, USER_AGENT)
            if slug != HUB:
                parent = find_session(db.session, token, HUB)
                assert parent is not None
                token = open_session(db.session, known, slug, USER_AGENT, parent_id=parent.id)
            db.session.commit()
        with ExitStack() as stack:
            stack.enter_context(self.app.app_context())
            kept = stack.enter_context(self.client.session_transaction(base_url=f"https://{host}"))
            kept.clear()
            kept["account"] = token
            kept.permanent = True
        return self


def browse(app: LumbungFlask, host: str = HUB_HOST, account: Account | None = None) -> Browser:
    """A browser on this host, signed in when an account is given."""
    browser = Browser(app, host)
    return browser.sign_in(account) if account is not None else browser


class PageReader(HTMLParser):
    """Reads the forms and the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._silent = 0
        self._select: str | None = None
        self._textarea: str | None = None
        self._in_template = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value if value is not None else "" for key, value in attrs}
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag == "template":
            self._in_template += 1
        elif tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and not self._in_template:
            self._take_field(tag, found)

    def _take_field(self, tag: str, found: dict[str, str]) -> None:
        assert self._form is not None
        name = found.get("name", "")
        if tag == "input" and name and "disabled" not in found:
            kind = found.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in found:
                    self._add(name, found.get("value", "on"))
            elif kind not in {"submit", "file", "button", "image"}:
                self._add(name, found.get("value", ""))
        elif tag == "textarea" and name:
            self._form.fields[name] = ""
            self._textarea = name
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and ("selected" in found or self._select not in self._form.fields):
            self._form.fields[self._select] = found.get("value", "")

    def _add(self, name: str, value: str) -> None:
        assert self._form is not None
        before = self._form.fields.get(name)
        if before is None:
            self._form.fields[name] = value
        else:
            self._form.fields[name] = [*before, value] if isinstance(before, list) else [before, value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent -= 1
        elif tag == "template":
            self._in_template -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] += data
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))


def read_page(html: str) -> PageReader:
    """The forms and words of a page."""
    reader = PageReader()
    reader.feed(html)
    return reader


def words_of(answer: TestResponse) -> str:
    """What a person reads on the page, blanks run together."""
    return " ".join(read_page(answer.text).words)


def find_form(html: str, action: str, *, page_path: str = "") -> Form | None:
    """The POST form with this action; a form without an action belongs to `page_path`."""
    for form in read_page(html).forms:
        if form.method == "post" and (form.action or page_path) == action:
            return form
    return None


def csrf_token(html: str) -> str:
    """The CSRF token of a page: of any of its forms."""
    for form in read_page(html).forms:
        if "csrf_token" in form.fields:
            return str(form.fields["csrf_token"])
    raise AssertionError("The page holds no CSRF token.")
