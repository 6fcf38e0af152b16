"""Feeds of the hub are Atom as RFC 4287 says, lead to pages that are there, and are found from those pages."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.services import access_installation
from app_catalog.requests.services import write_request
from lumbung.db import as_tenant
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.lumbung.test_access_policies import VALUES
from tests.siaran import enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
ATOM = "{http://www.w3.org/2005/Atom}"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults(document: str, address: str) -> list[str]:
    """What RFC 4287 asks of a feed and this one does not do (sections 4.1.1, 4.1.2, 3.3, 4.2.6, 4.2.7)."""
    feed = ElementTree.fromstring(document)
    found = [] if feed.tag == f"{ATOM}feed" else [f"root {feed.tag}"]
    found += _of_container(feed, "feed")
    if [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] != [address]:
        found.append("no self link to where it was fetched")
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        found.append("an id twice")
    for entry in entries:
        found += _of_container(entry, "entry")
        if entry.find(f"{ATOM}author") is None and feed.find(f"{ATOM}author") is None:
            found.append("entry without author")
        if not (entry.findtext(f"{ATOM}content") or "").strip():
            found.append("entry without content")
        if not [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]:
            found.append("entry without alternate link")
    moments = [text for entry in entries if _MOMENT.fullmatch(text := entry.findtext(f"{ATOM}updated") or "")]
    if moments and feed.findtext(f"{ATOM}updated") != max(moments, key=datetime.fromisoformat):
        found.append("feed is not as new as its newest entry")
    return found


def _of_container(element: ElementTree.Element, kind: str) -> list[str]:
    found = []
    for name in ("id", "title", "updated"):
        texts = [child.text or "" for child in element.findall(f"{ATOM}{name}")]
        if len(texts) != 1 or not texts[0].strip():
            found.append(f"{kind}: {len(texts)} {name}")
        elif name == "id" and not urlsplit(texts[0]).scheme:
            found.append(f"{kind}: id is no URI")
        elif name == "updated" and not _MOMENT.fullmatch(texts[0]):
            found.append(f"{kind}: updated {texts[0]}")
    for person in element.findall(f"{ATOM}author"):
        if not (person.findtext(f"{ATOM}name") or "").strip():
            found.append(f"{kind}: author without name")
    return found


@pytest.fixture
def said(session: Sessions, world: World) -> Installation:
    """SIARAN in Tangsel, and a request with letters that XML cannot hold."""
    installation = enable_siaran(session, world)
    with as_tenant(session, world.tangsel.id):
        write_request(
            session,
            Visitor(account_id=world.tangsel.accounts["evaluator"].id, name="Eva"),
            access_installation(session, "siaran"),
            kind="idea",
            title="Peta <tanpa> jaringan & luring\x0b\x01",
            words="",
        )
        session.commit()
    return installation


def _feeds(app: LumbungFlask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.host == "hub" and rule.rule.endswith(".atom")]
    values = [{name: VALUES[name] for name in rule.arguments} for rule in rules]
    return [app.url_map.bind("hub").build(rule.endpoint, one) for rule, one in zip(rules, values, strict=True)]


def test_every_feed_is_atom(app: LumbungFlask, said: Installation) -> None:
    reader, paths, found = browse(app), _feeds(app), {}
    assert {"/apps.atom", "/apps/siaran/releases.atom", "/regions/36.74/news.atom"} <= set(paths)
    for path in paths:
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert answer.mimetype == "application/atom+xml"
        if wrong := faults(answer.text, f"https://lumbung.test{path}"):
            found[path] = wrong
    assert found == {}


def test_what_is_no_atom_is_seen() -> None:
    wrong = '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title/><entry/></feed>'
    assert len(faults(wrong, "https://lumbung.test/x")) >= 8


def test_entries_lead_to_pages_that_are_there(app: LumbungFlask, said: Installation) -> None:
    reader = browse(app)
    links = {
        str(link.get("href"))
        for path in _feeds(app)
        for link in ElementTree.fromstring(reader.get(path).text).iter(f"{ATOM}link")
        if link.get("rel") == "alternate"
    }
    assert len(links) > 4
    assert {link: status for link in links if (status := reader.get(link).status_code) != 200} == {}


@pytest.mark.parametrize("path", ["/apps", "/apps/siaran", "/regions/36.74"])
def test_pages_name_their_feeds(app: LumbungFlask, said: Installation, path: str) -> None:
    reader = browse(app)
    named = re.findall(r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)"', reader.get(path).text)
    assert named
    assert all(reader.get(one).status_code == 200 for one in named)


def test_a_region_says_what_it_runs_gives_and_asks(app: LumbungFlask, said: Installation) -> None:
    feed = browse(app).get("/regions/36.74/news.atom").text
    assert {'term="runs"', 'term="gives"', 'term="asks"'} <= set(re.findall(r'term="\w+"', feed))
    assert browse(app).get("/regions/35.73/news.atom").status_code == 404
