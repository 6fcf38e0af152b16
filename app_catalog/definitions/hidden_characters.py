"""Characters that nobody sees: they make a text read otherwise than it is written, or no database can hold them.

Refused are control characters, marks that turn the direction of writing (Unicode Standard Annex 9; "Trojan Source",
CVE-2021-42574), lone halves of surrogate pairs, and invisible fillers and tags.
"""

import re

from app_catalog.definitions.problems import Problems

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def hidden_character(text: str) -> re.Match[str] | None:
    """The first hidden character of a text; None when a person sees all of it."""
    return _HIDDEN.search(text)


def shown_code(character: str) -> str:
    """A character by its code, as in U+202E."""
    return f"U+{ord(character):04X}"


def check_hidden_characters(file: str, data: bytes, problems: Problems) -> None:
    """Note the first hidden character of a plain text file; a mark of the byte order at its start is none."""
    text = data.decode("utf-8", "ignore").removeprefix("\ufeff")
    found = hidden_character(text)
    if found is not None:
        before = text[: found.start()]
        line, column = before.count("\n") + 1, found.start() - before.rfind("\n")
        problems.add("hidden-character", file, line=line, column=column, found=shown_code(found[0]))
