"""The parts of a text in Markdown that are for a reader of one language."""

from __future__ import annotations

import re

LANGUAGE_HEADINGS = {"bahasa indonesia": "id", "indonesia": "id", "english": "en", "bahasa inggris": "en"}
"""Headings that mark what stands below them as written in one language."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def in_language(text: str, language: str) -> str:
    """The text without the parts that are marked as written in another language.

    A part begins with a heading that names its language (`### English`) and ends with the next heading of its level or
    above. The mark itself is left out. Where parts stand side by side and none is in `language`, the first is kept: a
    version that is described in one language only is described to everybody.
    """
    kept: list[str] = []
    parts: dict[str, list[str]] = {}
    current, level, fenced = kept, 0, False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.fullmatch(line)
        marked = LANGUAGE_HEADINGS.get(heading[2].casefold()) if heading else None
        if heading and marked:
            current, level = parts.setdefault(marked, []), len(heading[1])
        elif heading and parts and len(heading[1]) <= level:
            kept += _chosen(parts, language)
            parts, current = {}, kept
            kept.append(line)
        else:
            current.append(line)
    return "\n".join([*kept, *_chosen(parts, language)])


def _chosen(parts: dict[str, list[str]], language: str) -> list[str]:
    if language in parts:
        return parts[language]
    return next(iter(parts.values()), [])
