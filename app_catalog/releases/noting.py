"""How what is found about a package is written down."""

from __future__ import annotations

import re

from app_catalog.definitions.model import Text
from app_catalog.definitions.problems import Problem, Severity
from app_catalog.releases.reading import Package


def about_app(
    package: Package, severity: Severity, code: str, key: str, message: tuple[str, str], remedy: tuple[str, str]
) -> Problem:
    """A problem at a key of app.yaml, at the line that it stands on."""
    lines = package.source.files.get("app.yaml", b"").decode("utf-8", "replace").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if re.match(rf"{key}\s*:", text)), 0)
    return note(severity, code, message, remedy, line=line, path=key)


def note(
    severity: Severity,
    code: str,
    message: tuple[str, str],
    remedy: tuple[str, str],
    *,
    file: str = "app.yaml",
    line: int = 0,
    path: str = "",
) -> Problem:
    """A problem with its message and remedy, each in Indonesian and English; `line` counts from 1, 0 for none."""
    return Problem(
        severity,
        code,
        file,
        line,
        1 if line else 0,
        path,
        Text({"id": message[0], "en": message[1]}),
        Text({"id": remedy[0], "en": remedy[1]}),
    )
