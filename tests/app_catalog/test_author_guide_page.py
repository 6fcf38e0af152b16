"""The author guide on the hub: whole in both languages, with anchors that its links lead to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app_catalog.author_guide.rendering import guide_in
from lumbung.web.sites import LumbungFlask
from tests.author_guide import GUIDE
from tests.browsing import browse

DOCS = Path(__file__).resolve().parents[2] / "docs"
INDONESIAN = (DOCS / "author-guide.id.md").read_text("utf-8")
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_has_its_contents_and_every_link_within_it_leads_somewhere(app: LumbungFlask, language: str) -> None:
    html = browse(app, "lumbung.test").open("GET", f"/docs/guide?lang={language}").text
    anchors = re.findall(r'<h[23] id="([a-z-]+)"', html)
    assert len(anchors) == len(set(anchors)) > 40
    within = set(re.findall(r'href="#([a-z-]+)"', html)) - {"main"}
    assert within - set(anchors) <= {"content", "isi"}
    assert set(anchors) <= within


def test_the_examples_of_both_languages_are_the_same() -> None:
    # Words that are not translated yet stand in English; none is out of date.
    assert set(_BLOCK.findall(INDONESIAN)) <= set(_BLOCK.findall(GUIDE))
    anchors = [section.anchor for section in guide_in("en").sections]
    assert [section.anchor for section in guide_in("id").sections] == anchors
    assert guide_in("id").missing == frozenset()
    assert set(re.findall(r"<!-- #([a-z-]+) -->", INDONESIAN)) <= set(anchors)


def test_who_publishes_finds_the_guide(app: LumbungFlask) -> None:
    for path in ("/publish", "/docs"):
        assert 'href="/docs/guide"' in browse(app, "lumbung.test").open("GET", path).text
