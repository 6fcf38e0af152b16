"""A served application and a real Chromium, on a phone and on a desk."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, LiteralString, cast
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import Session, scoped_session
from werkzeug.serving import make_server

from lumbung.db import db
from lumbung.outbox import drain
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.accounts.passwords import hash_password
from tenants.accounts.sessions import HUB, open_session
from tests.books import WRONG_IN_BOOKS
from tests.remembered_scenarios import remember_scenarios
from tests.world import PASSWORD, World, build_world
from wsgi import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from playwright._impl._api_structures import SetCookieParam

ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = ROOT / "test-results" / "journeys"
EVERYTHING = os.environ.get("SCREENS") == "both"
"""Whether this is the long run, which looks at everything on every screen."""
PICTURES = bool(os.environ.get("PICTURES")) or EVERYTHING
"""Whether pictures of what people see are kept: nobody looks at those of a run of all tests."""
FAILED = pytest.StashKey[bool]()
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCREENS: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        # Twice as many pixels each way are twice as sharp in pictures, and otherwise only take longer to paint.
        "device_scale_factor": 2 if PICTURES else 1,
        "is_mobile": True,
        "has_touch": True,
        "user_agent": "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0 Mobile Safari/537.36",
    },
    "desk": {"viewport": {"width": 1280, "height": 900}},
}


class Mailbox:
    """Every mail that the platform has really sent."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        self.mails.append(BytesParser(policy=default_policy).parsebytes(envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[Message]:
        """Mails to this address, in the order in which they came."""
        return [mail for mail in self.mails if address in str(mail["To"])]


@dataclass
class Served:
    """The application at its address, with the people of `tests.world` (their password is PASSWORD)."""

    app: LumbungFlask
    address: str
    world: World
    mailbox: Mailbox
    session: scoped_session[Session]

    def portal(self, slug: str) -> str:
        """Address of a portal."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{slug}.{parts.netloc}"

    def signed_in(self, account: Account) -> SetCookieParam:
        """The cookie of somebody who has just signed in on the hub."""
        known = self.session.get(Account, account.id)
        assert known is not None
        kept = {"account": open_session(self.session, known, HUB), "_permanent": True}
        self.session.commit()
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        name = self.app.config["SESSION_COOKIE_NAME"]
        return {"name": name, "value": str(serializer.dumps(kept)), "url": "https://localhost", "httpOnly": True}

    def work(self) -> None:
        """Let the worker do everything that is due."""
        drain(self.app)


@dataclass
class Person:
    """Somebody at a screen; `see` asks axe, and keeps a picture where pictures are wanted."""

    page: Page
    served: Served
    screen: str
    journey: str
    step: list[int] = field(default_factory=lambda: [0])

    def sign_in(self, account: Account, *, to: str = "/", typed: bool = EVERYTHING) -> None:
        """Sign in on the hub, then go to `to` (a path of the hub or a whole address).

        Only when `typed` by its form: else the browser is given what the form would have given it.
        """
        if typed:
            self._type_password(account)
        else:
            self.page.context.add_cookies([self.served.signed_in(account)])
        self.go(to)

    def _type_password(self, account: Account) -> None:
        self.page.goto(f"{self.served.address}/sign-in")
        self.page.locator("input[name=email]").fill(account.email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        with self.page.expect_navigation(url=lambda url: urlsplit(url).path != "/sign-in"):
            self.page.locator("main form:has(input[name=password]) button[type=submit]").click()

    def go(self, target: str) -> None:
        """Open an address; a path is one of the hub."""
        answer = self.page.goto(target if target.startswith("http") else self.served.address + target)
        assert answer is not None
        assert answer.status < 400, f"{target} answered {answer.status}"

    def see(self, name: str) -> None:
        """Refuse what axe calls serious or critical, and sideways scrolling; with `PICTURES` keep a picture."""
        # A click comes back as soon as the next page has begun: what is judged is the whole of it.
        self.page.wait_for_load_state()
        if PICTURES:
            self.step[0] += 1
            SHOTS.mkdir(parents=True, exist_ok=True)
            file = SHOTS / f"{self.journey}-{self.step[0]:02}-{name}-{self.screen}.png"
            self.page.screenshot(path=file, full_page=True, scale="css")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: the page is {wide} px wider than the screen"
        serious = axe(self.page)
        assert serious == [], f"{name}: {json.dumps(serious, indent=1)}"


def axe(page: Page) -> list[dict[str, Any]]:
    """What axe finds serious or critical on a page, by the rules of WCAG 2.2 AA."""
    # A page is judged again and again while somebody stays on it: axe is handed over once, and kept by the browser.
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(url="/static/axe.min.js")
    found = page.evaluate(
        # Nothing that is asked for looks into style sheets and media files, which would be loaded again.
        "axe.run(document, {preload: false, resultTypes: ['violations'],"
        " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        ".then(r => r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help,"
        " nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))})))"
    )
    return [violation for violation in found if violation["impact"] in ("serious", "critical")]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run of this worker."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """A real mail server on loopback."""
    mailbox = Mailbox()
    # aiosmtpd tries the port that it was given, so it must be told a free one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, port
    controller.stop()


def whole(app: WSGIApplication) -> WSGIApplication:
    """Reads and closes each answer before it is sent: a browser that moves on would leave files open."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        found = app(environ, start)
        try:
            return [b"".join(found)]
        finally:
            if close := getattr(found, "close", None):
                close()

    return answer


@pytest.fixture(scope="session")
def server(
    settings: Settings,
    mail_server: tuple[Mailbox, int],
    tmp_path_factory: pytest.TempPathFactory,
    shared_folder: Path,
) -> Iterator[tuple[LumbungFlask, str]]:
    """The application behind a real port."""
    holder = make_server("127.0.0.1", 0, lambda environ, start: [], threaded=True)
    address = f"http://localhost:{holder.server_port}"
    # A build of the assets while the journeys run must not take away what pages already name.
    assets = tmp_path_factory.mktemp("static") / "static"
    shutil.copytree(ROOT / "platform" / "lumbung" / "web" / "static", assets)
    shutil.copy(ROOT / "node_modules" / "axe-core" / "axe.min.js", assets)
    app = create_app(
        replace(
            settings,
            base_url=address,
            smtp_url=f"smtp://127.0.0.1:{mail_server[1]}",
            map_tiles_url="/static/tile.png",
        )
    )
    app.static_folder = str(assets)
    remember_scenarios(app, shared_folder / "scenarios")
    holder.app = whole(app)
    thread = Thread(target=holder.serve_forever, daemon=True)
    thread.start()
    yield app, address
    holder.shutdown()
    thread.join()
    holder.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def served(
    server: tuple[LumbungFlask, str],
    mail_server: tuple[Mailbox, int],
    empty_database: Callable[[], None],
    administer: Callable[[LiteralString], list[Any]],
) -> Iterator[Served]:
    """The served application with fresh people; emptied afterwards."""
    app, address = server
    mail_server[0].mails.clear()
    with app.app_context():
        session = cast("scoped_session[Session]", db.session)
        world = build_world(session)
        password = hash_password(PASSWORD)
        for account in db.session.query(Account):
            account.password_hash = password
        db.session.commit()
        yield Served(app, address, world, mail_server[0], session)
        db.session.rollback()
        db.session.remove()
    wrong_in_books = administer(WRONG_IN_BOOKS)
    empty_database()
    assert wrong_in_books == []


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> str:
    """What the people of the journey look at: see `pytest_generate_tests`."""
    return str(request.param)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On a phone and on a desk; with `usual_screen` on that one alone, unless the environment says SCREENS=both."""
    if "screen" not in metafunc.fixturenames:
        return
    if any("screen" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")):
        return
    usual = metafunc.definition.get_closest_marker("usual_screen")
    alone = usual is not None and not EVERYTHING
    metafunc.parametrize("screen", [usual.args[0]] if usual and alone else ["phone", "desk"], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures know that a journey failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def person(
    chromium: Browser, served: Served, screen: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a browser of their own; all of one journey number their pictures together."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    journey = request.node.name.split("[")[0].removeprefix("test_")
    step = [0]

    def make(on: str = screen, **options: Any) -> Person:
        usual = {"locale": "id-ID", "reduced_motion": "reduce"}
        context = chromium.new_context(**{**SCREENS[on], **usual, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda note: errors.append(note.text) if _is_broken(note) else None)
        return Person(page, served, on, journey, step)

    yield make
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            context.pages[0].screenshot(path=SHOTS / f"failed-{journey}-{number}-{screen}.png", full_page=True)
        context.close()
    assert errors == []


def _is_broken(note: Any) -> bool:
    """Refusals by the content security policy and scripts that fail; answers above 400 are the tests' own matter."""
    return note.type == "error" and "Failed to load resource" not in note.text
