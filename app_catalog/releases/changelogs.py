"""What a changelog says about one version, and to whom."""

from __future__ import annotations

import re

from app_catalog.catalog.one_language import LANGUAGE_HEADINGS

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def section_of(changelog: str, version: str) -> list[str] | None:
    """The lines below the first heading that names the version, up to the next heading of its level or above.

    None when no heading names it.
    """
    named = re.compile(rf"(?<![\w.+-])v?{re.escape(version)}(?![\w+-]|\.\w)")
    found: list[str] | None = None
    level, fenced = 0, False
    for line in changelog.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.fullmatch(line)
        if found is None:
            if heading and named.search(heading[2]):
                found, level = [], len(heading[1])
        elif heading and len(heading[1]) <= level:
            break
        else:
            found.append(line)
    return found


def languages_of(section: list[str]) -> frozenset[str]:
    """The languages (`id`, `en`) under whose heading the section says something."""
    said: set[str] = set()
    current = ""
    for line in section:
        heading = _HEADING.fullmatch(line)
        if heading:
            current = LANGUAGE_HEADINGS.get(heading[2].casefold(), current)
        elif line.strip() and current:
            said.add(current)
    return frozenset(said)
