"""What people write, as it may be shown to everybody: without characters that no reader sees."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LINES: Final = re.compile("\r\n|[\r\u2028\u2029]")
_UNSHOWN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Control characters and what is no character (XML 1.0, section 2.2, refuses most of them: one of them in a text breaks
a whole feed), those that turn the direction of the text around them (Unicode Annex 9), which makes a text read as
another, and those without width or ink, which make two names look the same, or nothing look like a text. The joiners
stay: scripts and emoji are put together with them."""
_SEEN: Final = frozenset("LNPS")
"""Letters, numbers, punctuation and symbols (the first letters of Unicode's general categories)."""


def plain_text(written: str) -> str:
    """The text with its lines and tabs, without the rest of what cannot be seen, and without blanks at its ends; empty
    when there is nothing in it that anybody could see."""
    kept = _UNSHOWN.sub("", _LINES.sub("\n", written)).strip()
    return kept if any(unicodedata.category(letter)[0] in _SEEN for letter in kept) else ""
