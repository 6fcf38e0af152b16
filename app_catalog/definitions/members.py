"""Which files a package may hold, and how large they may be."""

import re

MAX_FILE = 2 * 1024 * 1024
MAX_TOTAL = 8 * 1024 * 1024
MAX_FILES = 200

_ID = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
# Linear patterns on names of at most 200 characters.
_ALLOWED = tuple(
    re.compile(pattern + r"\Z")
    for pattern in (
        r"publiccode\.yml",
        r"app\.yaml",
        r"icon\.svg",
        r"README\.md",
        r"CHANGELOG\.md",
        r"LICENSE(\.md|\.txt)?",
        rf"(records|pages|messages|scenarios|examples)/{_ID}\.yaml",
        r"screenshots/[A-Za-z0-9][A-Za-z0-9_-]*\.(png|jpg|jpeg|webp)",
    )
)
_LATER = re.compile(rf"documents/{_ID}\.typ\Z")
REQUIRED_FILES = ("app.yaml", "publiccode.yml", "icon.svg", "README.md", "CHANGELOG.md")


def member_problem(path: str) -> str | None:
    """The code of what is wrong with a member's name, None when the package may hold it."""
    if len(path) > 200 or path.startswith("/") or "\\" in path or "\0" in path or ".." in path.split("/"):
        return "file-outside"
    if _LATER.match(path):
        return "file-not-supported-yet"
    if not any(pattern.match(path) for pattern in _ALLOWED):
        return "file-unknown"
    return None
