"""The navigation of hub, portal and the officials' side; features add their entries when they are registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from flask import current_app, g, request

from lumbung.i18n import Text
from lumbung.web.access import PUBLIC, Rule, Visitor
from lumbung.web.sites import hub_origin

Place = Literal["hub", "portal", "manage", "account"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: where it leads, what it says, who sees it. `place` is the menu that shows it. The account's pages are
    the hub's, but those that are each portal's own (`of_portal`) and shown there alone."""

    place: Place
    href: str
    text: Text
    icon: str
    order: int = 50
    rule: Rule = PUBLIC
    shown: Callable[[Visitor], bool] | None = None
    active: bool = False
    of_portal: bool = False

    @property
    def label(self) -> str:
        return str(self.text)


def add_navigation(*entries: Entry) -> Callable[[object], None]:
    """Remember entries; call the result with the application."""

    def install(app: object) -> None:
        app.extensions.setdefault("lumbung_navigation", []).extend(entries)  # type: ignore[attr-defined]

    return install


def navigation() -> dict[str, list[Entry]]:
    """The entries that this visitor sees on this site, by place, in order."""
    known: list[Entry] = current_app.extensions.get("lumbung_navigation", [])
    menus: dict[str, list[Entry]] = {"hub": [], "portal": [], "manage": [], "account": []}
    for entry in sorted(known, key=lambda e: e.order):
        if entry.of_portal and g.site.kind != "portal":
            continue
        if entry.rule.allows(g.visitor) and (entry.shown is None or entry.shown(g.visitor)):
            menus[entry.place].append(entry)
    if g.site.kind == "portal":
        menus["account"] = [
            entry if entry.of_portal else replace(entry, href=hub_origin() + entry.href) for entry in menus["account"]
        ]
    return {place: _with_active(entries) for place, entries in menus.items()}


def _with_active(entries: list[Entry]) -> list[Entry]:
    """Mark the one entry that leads closest to this page; its parents stay unmarked."""
    here = max((entry.href for entry in entries if _leads_to(entry.href)), key=len, default=None)
    return [replace(entry, active=entry.href == here) for entry in entries]


def _leads_to(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href + "/"))
