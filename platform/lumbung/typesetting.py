"""Papers of Lumbung's own, set by Typst: the same content gives the same bytes.

Templates of packages are set elsewhere, in a process of their own; only layouts that come with the code are set here.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

import segno
import typst

_LOCK = Lock()
_LONGEST_WORD = 60


def set_paper(layout: bytes, content: Mapping[str, Any], *, timestamp: int) -> bytes:
    """The PDF of a layout, which reads `content` as JSON from `sys.inputs.content`; `timestamp` (seconds since 1970) is
    the day that it takes for today.

    Fonts are those that the typesetter carries, never the machine's; nothing is read from disk or network.
    """
    with _LOCK:
        made = _compiler().compile(
            input=layout,
            format="pdf",
            sys_inputs={"content": json.dumps(content, sort_keys=True)},
            timestamp=timestamp,
        )
    assert isinstance(made, bytes)
    return made


def breakable(text: str) -> str:
    """The text with places to break inside words that no line holds."""
    return " ".join(
        word if len(word) <= _LONGEST_WORD else "\u200b".join(word[i : i + 20] for i in range(0, len(word), 20))
        for word in text.split(" ")
    )


def qr_picture(url: str) -> str:
    """The QR code of an address as SVG, without a border of its own: a layout leaves room around it."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode("ascii")


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
