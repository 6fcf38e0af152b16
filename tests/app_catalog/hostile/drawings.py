"""Icons and texts that want to run something in a browser."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tests.app_catalog.hostile.cases import Case, with_files

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
INSIDE = {
    "script": "<script>alert(1)</script>",
    "script of another namespace": '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
    "script with an address": '<script href="https://evil.test/a.js"/>',
    "foreign object": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>',
    "frame": '<iframe src="https://evil.test/"/>',
    "picture from elsewhere": '<image href="https://evil.test/a.png" width="9" height="9"/>',
    "picture as data": '<image href="data:image/svg+xml;base64,PHN2Zz4=" width="9" height="9"/>',
    "link": '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
    "old link": '<a xlink:href="javascript:alert(1)" xmlns:xlink="http://www.w3.org/1999/xlink"/>',
    "use from elsewhere": '<use href="https://evil.test/a.svg#x"/>',
    "use of itself": '<use href="#a"/>',
    "style": "<style>@import url(https://evil.test/a.css)</style>",
    "style attribute": '<path d="M0 0" style="background:url(https://evil.test/)"/>',
    "animation": '<animate attributeName="href" values="javascript:alert(1)"/>',
    "set": '<set attributeName="onmouseover" to="alert(1)"/>',
    "event": '<path d="M0 0" onclick="alert(1)"/>',
    "event in capitals": '<path d="M0 0" ONLOAD="alert(1)"/>',
    "event of a load": '<g onload="alert(1)"/>',
    "fill from elsewhere": '<path d="M0 0" fill="url(https://evil.test/#a)"/>',
    "fill with spaces": '<path d="M0 0" fill="u rl( https://evil.test/)"/>',
    "fill by a file": '<path d="M0 0" fill="url(file:///etc/passwd)"/>',
    "clip from elsewhere": '<path d="M0 0" clip-path="url(//evil.test/a#b)"/>',
    "filter": '<filter id="f"><feImage href="https://evil.test/"/></filter>',
    "pattern": '<pattern id="p"><path d="M0 0"/></pattern>',
    "mask": '<mask id="m"/>',
    "text": "<text>x</text>",
    "video": "<video/>",
    "audio": "<audio/>",
    "metadata": "<metadata/>",
    "switch": "<switch/>",
    "handler": "<handler>alert(1)</handler>",
    "second svg": f"<svg {XMLNS}/>",
    "instruction": '<?xml-stylesheet href="https://evil.test/a.xsl"?>',
    "php": "<?php system('id') ?>",
    "endless element": "<g>" * 3_000,
    "deep elements": "<g>" * 600 + "</g>" * 600,
    "many elements": "<path d='M0 0'/>" * 3_000,
    "long path": f'<path d="{"M0 0 " * 20_000}"/>',
    "broken": "<path",
    "unknown entity": "&xxe;",
}
WHOLE = {
    "entity": '<!DOCTYPE svg [<!ENTITY x "y">]><svg {0}>&x;</svg>',
    "entity of a file": '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg {0}>&x;</svg>',
    "entity of an address": '<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://evil.test/a.dtd"> %x;]><svg {0}/>',
    "doctype": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd"><svg {0}/>',
    "no svg": "<html><body onload='alert(1)'></body></html>",
    "other namespace": '<svg xmlns="http://www.w3.org/1999/xhtml"/>',
    "event on the root": "<svg {0} onload='alert(1)'/>",
    "text before": "alert(1)<svg {0}/>",
    "text after": "<svg {0}/>alert(1)",
    "two roots": "<svg {0}/><svg {0}/>",
    "nothing": "",
    "no XML": "GIF89a=1;alert(1)",
}


def _laughs() -> str:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha"}">' for i in range(12))
    return f"<!DOCTYPE svg [{entities}]><svg {XMLNS}>&a11;</svg>"


SIGNS = "<script>alert(1)</script>"
MARKDOWN = {
    "script": SIGNS,
    "event": "<img src=x onerror=alert(1)>",
    "link": "[a](javascript:alert(1))",
    "link by an entity": "[a](java&#115;cript:alert(1))",
    "link with a tab": "[a](java\tscript:alert(1))",
    "link to data": "[a](data:text/html,<script>alert(1)</script>)",
    "link to visual basic": "[a](vbscript:msgbox(1))",
    "link by reference": "[a]\n\n[a]: javascript:alert(1)",
    "link in brackets": "<javascript:alert(1)>",
    "picture": "![a](https://evil.test/a.png)",
    "title": '[a](https://x.test "\\" onmouseover=alert(1) x=\\"")',
    "frame": "<iframe src=https://evil.test></iframe>",
    "drawing": "<svg onload=alert(1)>",
    "form": "<form action=https://evil.test><input name=a></form>",
    "style": "<style>*{background:url(https://evil.test)}</style>",
    "base": "<base href=https://evil.test/>",
    "comment that ends": "<!--> <img src=x onerror=alert(1)> -->",
    "table": "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "code": "`<script>alert(1)</script>`",
}


def drawing_cases() -> Iterator[Case]:
    """Every hostile icon and changelog."""
    for name, inside in INSIDE.items():
        icon = f'<svg {XMLNS} viewBox="0 0 9 9">{inside}</svg>'
        yield with_files(f"icon: {name}", {"icon.svg": icon}, "unsafe-icon")
    for name, whole in WHOLE.items():
        yield with_files(f"icon: {name}", {"icon.svg": whole.replace("{0}", XMLNS)}, "unsafe-icon")
    yield with_files("icon: billion laughs", {"icon.svg": _laughs()}, "unsafe-icon")
    yield with_files("icon: 16 bits", {"icon.svg": f"<svg {XMLNS}/>".encode("utf-16")}, "unsafe-icon")
    for name in ("utf-16", "iso-2022-jp", "utf-7"):
        icon = f'<?xml version="1.0" encoding="{name}"?><svg {XMLNS}/>'
        yield with_files(f"icon: said to be {name}", {"icon.svg": icon}, "unsafe-icon")
    yield with_files("icon: packed", {"icon.svg": zlib.compress(b"<svg/>")}, "unsafe-icon")
    yield with_files("icon: 70 kB", {"icon.svg": f"<svg {XMLNS}>" + " " * 70_000 + "</svg>"}, "unsafe-icon")
    for side in ("width", "height"):
        for size in ("1e99", "999999999", "99999px", "٩"):
            icon = f'<svg {XMLNS} viewBox="0 0 9 9" {side}="{size}"/>'
            yield with_files(f"icon: {side} of {size}", {"icon.svg": icon}, "unsafe-icon")
    for name, text in MARKDOWN.items():
        yield with_files(f"changelog: {name}", {"CHANGELOG.md": f"# 1.0.0\n\n{text}\n"}, "accepted")
    for kind in ("png", "jpg", "webp"):
        for name, data in (("html", b"<html><script>alert(1)</script>"), ("drawing", b"<svg/>"), ("nothing", b"")):
            yield with_files(f"screenshot: {name} as {kind}", {f"screenshots/a.{kind}": data}, "not-a-picture")
