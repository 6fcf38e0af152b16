"""Markdown of maintainers (README, changelog) as safe HTML."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote"),
    *("a", "hr", "br", "table", "thead", "tbody", "tr", "th", "td"),
}
# Reading the worst text of this length takes half a second of a processor, so it is done once.
_LONGEST = 32 * 1024


@lru_cache(maxsize=256)
def render_markdown(text: str, *, without_title: bool = False) -> Markup:
    """The text as HTML that cannot run anything: no raw HTML, no pictures, links to http(s) and mail only.

    Headings start at the second level, since the page has its own first one; `without_title` leaves out a first-level
    heading at the top, where the page says the same.
    """
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = reader.parse(text[:_LONGEST])
    if without_title and tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    html = reader.renderer.render(tokens, reader.options, {})
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(cleaned)  # noqa: S704 - cleaned by nh3 against a list of tags.
