"""What people write, as it may be shown to everybody: without characters that no reader sees."""

from __future__ import annotations

import re
from typing import Final

_UNSHOWN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
"""Control characters and what is no character (XML 1.0, section 2.2, refuses most of them: one of them in a text breaks
a whole feed), and those that turn the direction of the text around them (Unicode Annex 9), which makes a text read as
another."""


def plain_text(written: str) -> str:
    """The text with its lines and tabs, without the rest of what cannot be seen, and without blanks at its ends."""
    return _UNSHOWN.sub("", written.replace("\r\n", "\n").replace("\r", "\n")).strip()
