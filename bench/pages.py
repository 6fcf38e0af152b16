"""What pages weigh, and what Lighthouse says of them."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

_LINKED = re.compile(rb'<(?:link[^>]+rel="(?:stylesheet|icon|manifest)"[^>]*|script|img)[^>]*?(?:href|src)="(/[^"]+)"')
_LINKED_BACK = re.compile(rb'<link[^>]+href="(/[^"]+)"[^>]+rel="stylesheet"')
_JUDGED = ("performance", "accessibility", "best-practices")


def weigh(url: str, host: str, path: str) -> dict[str, int]:
    """Bytes of a page over the wire with an empty cache: the page alone, and with all that it links to."""
    body, page = _fetch(url, host, path)
    linked = {found.decode() for pattern in (_LINKED, _LINKED_BACK) for found in pattern.findall(body)}
    return {"page": page, "all": page + sum(_fetch(url, host, one)[1] for one in sorted(linked))}


def lighthouse(folder: Path, address: str) -> dict[str, Any] | None:
    """Lighthouse's judgement of a page from 0 to 100, and what it found heavy; None where it is not installed."""
    program = folder / "node_modules" / ".bin" / "lighthouse"
    browsers = ("chromium", "google-chrome", "chromium-headless-shell")
    browser = next((found for name in browsers if (found := shutil.which(name))), None)
    if not program.exists() or browser is None:
        return None
    command = [
        str(program), address, "--output=json", "--quiet", f"--only-categories={','.join(_JUDGED)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, check=False, env={**os.environ, "CHROME_PATH": browser}
    )
    if done.returncode:
        return {"error": done.stderr[-300:]}
    found = json.loads(done.stdout)
    scores = {name: round((found["categories"][name]["score"] or 0) * 100) for name in _JUDGED}
    return {**scores, "bytes": int(found["audits"]["total-byte-weight"]["numericValue"])}


def _fetch(url: str, host: str, path: str) -> tuple[bytes, int]:
    request = urllib.request.Request(url + path, headers={"Host": host, "Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(body) if packed else body, len(body)
