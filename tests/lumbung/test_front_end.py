"""The frame of every page: what the security policy forbids, what a phone has to fetch, what scripts rely on."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import meta
from sqlalchemy.orm import Session, scoped_session

from lumbung.i18n import use_language
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.world import World

FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without a source": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a script of another host": re.compile(r"""<(?:script|link)[^>]*(?:src|href)=["'](?:https?:)?//""", re.IGNORECASE),
    "an htmx expression that needs eval": re.compile(
        r"\shx-on|hx-vals=[\"']js:|hx-trigger=[\"'][^\"']*\[", re.IGNORECASE
    ),
}
PARTS = ("platform/lumbung", "tenants", "app_catalog", "app_runtime")


def templates(root: Path) -> list[Path]:
    """Every page template; messages are apart, since mail programs know inline styles only."""
    found = [file for part in PARTS for file in (root / part).rglob("*.html")]
    return [file for file in found if file.name != "email.html" and "messages" not in file.parts]


def test_no_template_needs_more_than_the_content_security_policy_allows(source_root: Path) -> None:
    pages = templates(source_root)
    assert len(pages) > 5
    wrong = [
        f"{page.relative_to(source_root)} has {what}"
        for page in pages
        for what, pattern in FORBIDDEN.items()
        if pattern.search(re.sub(r"\{#.*?#\}", "", page.read_text("utf-8"), flags=re.DOTALL))
    ]
    assert wrong == []


def test_no_template_joins_facts_with_dots_that_may_begin_a_line(source_root: Path) -> None:
    pages = {
        page: re.sub(
            r"\{#.*?#\}|<title>.*?</title>|\{% block title %\}.*?\{% endblock %\}",
            "",
            page.read_text("utf-8"),
            flags=re.S,
        )
        for page in templates(source_root)
    }
    wrong = [str(page.relative_to(source_root)) for page, text in pages.items() if "·" in text]
    assert wrong == [], "Use ui.dotted([...]) or class lb-meta."


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<p style="color:red">', "an inline style"),
        ('<a onclick="go()">', "an inline handler"),
        ("<script>go()</script>", "a script without a source"),
        ('<script src="//cdn.example/x.js"></script>', "a script of another host"),
        ('<div hx-get="/x" hx-trigger="every 2s [open]">', "an htmx expression that needs eval"),
    ],
)
def test_forbidden_markup_would_be_noticed(markup: str, what: str) -> None:
    assert FORBIDDEN[what].search(markup)


@pytest.mark.parametrize("name", ["macros/ui.html", "macros/forms.html", "catalog/cards.html"])
def test_macros_that_are_made_once_use_nothing_of_a_page(app: LumbungFlask, source_root: Path, name: str) -> None:
    environment = app.jinja_env
    assert environment.loader is not None
    written, _, _ = environment.loader.get_source(environment, name)
    assert meta.find_undeclared_variables(environment.parse(written)) - environment.globals.keys() <= {"_"}
    assert environment.get_template(name).module is environment.get_template(name).module


def test_the_lock_file_names_no_registry(source_root: Path) -> None:
    lock = json.loads((source_root / "package-lock.json").read_text("utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []


def test_a_page_without_a_map_stays_far_below_150_kilobytes(source_root: Path) -> None:
    build = source_root / "platform/lumbung/web/static/build"
    manifest = json.loads((build / "manifest.json").read_text("utf-8"))
    every_page = ("app.css", "app.js", "icons.svg", "favicon.svg", "lumbung.svg")
    size = sum(len(gzip.compress((build / manifest[name]).read_bytes(), 6)) for name in every_page)
    assert size < 80_000


class Visitor:
    """Somebody with a browser on Tangsel's portal."""

    def __init__(self, app: LumbungFlask, host: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.origin = f"https://{host}"

    def read(self, path: str) -> str:
        return self.client.get(path, base_url=self.origin).get_data(as_text=True)

    def choose_english(self, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
        """Post the language form as a page would, with the token from a page."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.read("/nowhere"))
        assert token
        answer = self.client.post(
            "/language",
            base_url=self.origin,
            data={"csrf_token": token[1], "language": "en", "next": "/track"},
            headers={"Origin": self.origin, "Referer": f"{self.origin}/", **(headers or {})},
        )
        return answer.status_code, dict(answer.headers)


@pytest.fixture
def visitor(app: LumbungFlask, world: World) -> Visitor:
    """A visitor of Tangsel's portal."""
    return Visitor(app, world.tangsel.host)


def test_an_ordinary_form_is_redirected(visitor: Visitor) -> None:
    status, headers = visitor.choose_english()
    assert (status, headers["Location"]) == (303, "/track")
    assert "Lumbung-Location" not in headers


def test_a_form_sent_by_script_is_told_where_to_go(visitor: Visitor) -> None:
    status, headers = visitor.choose_english({"Lumbung-Form": "1"})
    assert (status, headers["Lumbung-Location"]) == (204, "/track")
    assert "Location" not in headers


def test_an_unknown_page_says_what_to_do_next_in_both_languages(visitor: Visitor) -> None:
    assert "Ke beranda" in visitor.read("/nowhere")
    visitor.choose_english()
    page = visitor.read("/nowhere")
    assert "Go to the start page" in page
    assert '<html lang="en"' in page


def test_built_files_come_packed_and_for_a_year(visitor: Visitor, source_root: Path) -> None:
    manifest = json.loads((source_root / "platform/lumbung/web/static/build/manifest.json").read_text("utf-8"))
    path = f"/static/build/{manifest['app.css']}"
    packed = visitor.client.get(path, base_url=visitor.origin, headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    plain = visitor.client.get(path, base_url=visitor.origin, headers={"Accept-Encoding": "identity"}, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.mimetype == plain.mimetype == "text/css"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 35_000
    assert "immutable" in packed.headers["Cache-Control"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_static_name_cannot_lead_out_of_its_folder(visitor: Visitor) -> None:
    for path in ("/static/build/../../app.py", "/static/build/%2e%2e/%2e%2e/app.py", "/static/nothing.css"):
        assert visitor.client.get(path, base_url=visitor.origin).status_code == 404


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("errors", [False, True])
def test_the_style_guide_renders_every_macro(
    app: LumbungFlask, session: scoped_session[Session], language: str, errors: bool
) -> None:
    with app.test_request_context("/", base_url="https://lumbung.test"):
        app.preprocess_request()
        use_language(language)
        page = app.jinja_env.get_template("styleguide.html").render(errors=errors, **context_of(app))
    assert page.count("<h1") == 1
    assert ("data-error-summary" in page) is errors
    missing = [
        anchor for anchor in re.findall(r'(?:aria-describedby|for)="(f-[^" ]+)"', page) if f'id="{anchor}"' not in page
    ]
    assert missing == []


def context_of(app: LumbungFlask) -> dict[str, object]:
    """What the context processors give to every page."""
    context: dict[str, object] = {}
    app.update_template_context(context)
    return context


def test_the_mark_is_found_at_the_address_of_old(app: LumbungFlask, world: World) -> None:
    for host in ("lumbung.test", world.tangsel.host):
        answer = browse(app, host).get("/favicon.ico")
        assert answer.status_code == 302
        assert "/static/build/favicon" in answer.headers["Location"]
