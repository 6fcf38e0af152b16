"""Which files a package may hold, and how large they may be."""

import re

MAX_FILE = 2 * 1024 * 1024
MAX_TOTAL = 8 * 1024 * 1024
MAX_FILES = 200
MAX_IN_FOLDER = {
    "records": 50,
    "pages": 100,
    "messages": 100,
    "scenarios": 100,
    "examples": 50,
    "documents": 20,
    "screenshots": 20,
}
"""How many files each folder of a package may hold."""
MAX_TEXT_FILE = 64 * 1024
"""The most bytes of README.md, CHANGELOG.md, a licence and a document: they are turned into pages."""

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
        rf"documents/{_ID}\.typ",
        rf"(records|pages|messages|scenarios|examples)/{_ID}\.yaml",
        r"screenshots/[A-Za-z0-9][A-Za-z0-9_-]*\.(png|jpg|jpeg|webp)",
    )
)
REQUIRED_FILES = ("app.yaml", "publiccode.yml", "icon.svg", "README.md", "CHANGELOG.md")


def member_problem(path: str) -> str | None:
    """The code of what is wrong with a member's name, None when the package may hold it."""
    if len(path) > 200 or path.startswith("/") or "\\" in path or "\0" in path or ".." in path.split("/"):
        return "file-outside"
    if not any(pattern.match(path) for pattern in _ALLOWED):
        return "file-unknown"
    return None


def size_limit(path: str) -> int:
    """The most bytes of a member, by what it is."""
    return MAX_TEXT_FILE if path.endswith((".md", ".txt", ".typ")) or path == "LICENSE" else MAX_FILE
