"""What an Atom feed says (RFC 4287), and its document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template

from lumbung.web.sites import hub_origin

MOST_ENTRIES = 30
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to hold."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One piece of news. `id` is a URI that never changes, `href` a path on the hub."""

    id: str
    title: str
    updated: datetime
    href: str
    text: str
    author: str
    category: str = ""


def answer_feed(path: str, *, title: str, href: str, began: datetime, entries: Sequence[FeedEntry]) -> Response:
    """The feed at `path` about the page at `href`, the newest entry first; `began` counts while there is none."""
    newest = sorted(entries, key=lambda entry: entry.updated, reverse=True)[:MOST_ENTRIES]
    text = render_template(
        "feeds/feed.xml",
        address=hub_origin() + path,
        about=hub_origin() + href,
        title=title,
        updated=max((entry.updated for entry in newest), default=began),
        entries=newest,
    )
    return Response(as_xml(text), mimetype="application/atom+xml")


def as_xml(text: str) -> str:
    """The document without letters that XML 1.0 cannot hold, which people paste into forms unseen."""
    return _NOT_XML.sub("", text)
