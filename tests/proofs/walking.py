"""Somebody who follows every link and looks at each kind of page once."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.conftest import SCREENS, axe

_NAMED = (
    re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(r"(?<=/)\d+\.\d+\.\d+[^/]*"),
    re.compile(r"(?<=/)[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2,}(?:-[A-Z0-9])?"),
    re.compile(r"(?<=/)\d{2}(?:\.\d{2})+|(?<=/)\d{4,}"),
)
"""What differs between two pages of one kind: ids, versions, codes, numbers."""
_KEPT_QUERY = frozenset({"kind", "state", "sort", "view"})
_ENOUGH_NAMES = 12
"""Addresses that a person chose (slugs) are looked at this often below one parent."""


@dataclass(slots=True)
class Walk:
    """What one walk found. `pages` are the kinds of pages that were looked at, `faults` what was wrong and where."""

    pages: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Walker:
    """Who walks: from `start` (an absolute address), signed in on the hub with `email` and `password` when given."""

    start: str
    hub: str
    email: str = ""
    password: str = ""


def walk(
    browser: Browser, walker: Walker, *, screen: str, language: str, most: int = 150, pictures: Path | None = None
) -> Walk:
    """Follow links of the walker's own site until each kind of page was seen, `most` pages at the longest.

    A fault is: an answer that is no 200, an error in the console, what axe calls serious or critical, sideways
    scrolling, a text in which a value is missing. `pictures` is a folder for a picture of each page.
    """
    found = Walk()
    context = browser.new_context(**SCREENS[screen], locale="id-ID")
    try:
        page = context.new_page()
        errors = list[str]()

        def noted(message: ConsoleMessage) -> None:
            # Tiles of the map come from a server of their own, which need not be reachable here.
            from_here = urlsplit(message.location.get("url", "")).netloc in ("", urlsplit(walker.start).netloc)
            if message.type == "error" and from_here:
                errors.append(f"{message.text[:200]} {urlsplit(message.location.get('url', '')).path}")

        page.on("console", noted)
        if walker.email:
            _sign_in(page, walker)
        waiting, seen = deque([_in(walker.start, language)]), Counter[str]()
        while waiting and len(found.pages) < most:
            address = waiting.popleft()
            kind = kind_of(address)
            if seen[kind] or seen[_family(kind)] >= _ENOUGH_NAMES:
                continue
            seen.update((kind, _family(kind)))
            errors.clear()
            answer = _open(page, address)
            if answer is None:
                continue
            found.pages.append(kind)
            # A missing page is told once, as its status; the browser's own line about it would be the second.
            if answer.status != 200:
                found.faults.append(f"{address}: answered {answer.status}")
                continue
            if pictures:
                name = re.sub(r"[^a-z0-9]+", "-", kind.lower().replace("*", "any")).strip("-")
                page.screenshot(path=pictures / f"{name}-{screen}.png", full_page=True, scale="css")
            found.faults.extend(f"{address}: {fault}" for fault in (*_faults(page), *errors))
            waiting.extend(_links(page, walker.start))
    finally:
        context.close()
    return found


def _open(page: Page, address: str) -> Response | None:
    """The page's answer; None for what is no page, such as a file."""
    try:
        answer = page.goto(address, wait_until="load")
    except PlaywrightError as error:
        if "Download is starting" in error.message:
            return None
        raise
    return answer if answer and answer.headers.get("content-type", "").startswith("text/html") else None


def kind_of(address: str) -> str:
    """The kind of page behind an address: its path without ids, versions and codes, with the queries that choose."""
    parts = urlsplit(address)
    path = parts.path
    for pattern in _NAMED:
        path = pattern.sub("*", path)
    query = sorted(pair for pair in parts.query.split("&") if pair.partition("=")[0] in _KEPT_QUERY)
    return f"{parts.netloc}{path}{'?' if query else ''}{'&'.join(query)}"


def _family(kind: str) -> str:
    """Pages side by side, such as those of all apps or of all regions."""
    parent, _, last = kind.partition("?")[0].rpartition("/")
    return f"{parent}/+{'' if last else kind}"


def _sign_in(page: Page, walker: Walker) -> None:
    page.goto(f"{walker.hub}/sign-in")
    page.locator("input[name=email]").fill(walker.email)
    page.locator("input[name=password]").fill(walker.password)
    page.locator("main form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_load_state()
    site = urlsplit(walker.start)
    if site.netloc != urlsplit(walker.hub).netloc:
        page.goto(f"{walker.hub}/handover?to={site.netloc.partition('.')[0]}&next={site.path or '/'}")
        page.wait_for_load_state()


def _in(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def _faults(page: Page) -> Iterator[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"{wide} px wider than the screen"
    for violation in axe(page):
        yield f"{violation['id']}: {violation['nodes'][0]}"
    text = page.locator("body").inner_text()
    for gap in re.findall(r".{0,40}(?:\bNone\b(?! \w)|\bundefined\b|\{[a-z_]+\}|\bUndefined\b).{0,40}", text):
        yield f"a value is missing in “{gap}”"


def _links(page: Page, start: str) -> Sequence[str]:
    """Links of the walker's site; none that signs out."""
    hrefs: list[str] = page.eval_on_selector_all(
        "a[href]:not([download])", "links => links.map(a => a.getAttribute('href'))"
    )
    here = urlsplit(start).netloc
    full = (urljoin(page.url, href).partition("#")[0] for href in hrefs if not href.startswith(("mailto:", "tel:")))
    return [one for one in full if urlsplit(one).netloc == here and "sign-out" not in one]
