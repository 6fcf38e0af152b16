"""The author guide as HTML with anchors: it comes with Lumbung, so it is trusted as templates are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import zip_longest

from markdown_it import MarkdownIt
from markupsafe import Markup

_HEADING = re.compile(r"(#{2,3}) (.*?) <!-- #([a-z-]+) -->\Z")
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter (`level` 2) or a section of one (3): its anchor, its title, and its text as HTML."""

    level: int
    anchor: str
    title: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide in one language; `missing` are the anchors of sections that are there in English only."""

    title: str
    lead: Markup
    sections: tuple[Section, ...]
    missing: frozenset[str] = frozenset()


@cache
def guide_in(language: str) -> Guide:
    """The guide in `id` or `en`; what was not translated yet stands in English."""
    english = _read("en")
    if language == "en":
        return english
    own = _read(language)
    translated = {section.anchor: section for section in own.sections}
    missing = frozenset(section.anchor for section in english.sections if section.anchor not in translated)
    sections = tuple(translated.get(section.anchor, section) for section in english.sections)
    return Guide(own.title, own.lead, sections, missing)


def _read(language: str) -> Guide:
    text = (files("app_catalog.author_guide") / f"data/guide.{language}.md").read_text("utf-8")
    parts = re.split(r"^(?=#{2,3} .* <!-- #)", text, flags=re.MULTILINE)
    title, _, lead = parts[0].partition("\n")
    return Guide(title.removeprefix("# "), _html(lead), tuple(_section(part) for part in parts[1:]))


def _section(part: str) -> Section:
    first, _, text = part.partition("\n")
    found = _HEADING.match(first)
    assert found is not None, first
    return Section(len(found[1]), found[3], found[2], _html(text))


def _html(text: str) -> Markup:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    html = str(reader.render(text))
    # Whatever is wider than a phone scrolls by itself, with the keyboard too.
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = _TABLE.sub(r'<div class="table-responsive" tabindex="0"><table class="table">\1</table></div>', html)
    return Markup(html)  # noqa: S704 - our own text, and raw HTML in it is off.


def chapters_of(guide: Guide) -> list[tuple[Section, list[Section]]]:
    """The chapters, each with its sections: the contents."""
    starts = [place for place, section in enumerate(guide.sections) if section.level == 2]
    ranges = zip_longest(starts, starts[1:], fillvalue=len(guide.sections))
    return [(guide.sections[start], list(guide.sections[start + 1 : end])) for start, end in ranges]
