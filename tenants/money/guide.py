"""How to go live with Stripe, as HTML: the same text as docs/money.md."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from markdown_it import MarkdownIt
from markupsafe import Markup


@cache
def money_guide(language: str) -> Markup:
    """The chapters of the guide in `id` or `en`, without its title."""
    text = (files("tenants.money") / f"data/guide.{language}.md").read_text("utf-8")
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False})
    return Markup(reader.render(text.partition("\n")[2]))  # noqa: S704 - our own text, and raw HTML in it is off.
