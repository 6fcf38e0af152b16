"""Kinds of values of a publiccode.yml."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from app_catalog.definitions.model import Text
from app_catalog.definitions.nodes import ListNode, MapNode, Node, ScalarNode
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.publiccode.versions import shown
from app_catalog.definitions.publiccode.vocabulary import ALIASES, CATEGORIES, COUNTRIES
from app_catalog.definitions.shape.reading import MISSING, Kind, Path, Reading

MAX_ADDRESS, MAX_LIST, MAX_LICENCE = 2_000, 300, 200
# These run on texts of an untrusted file, and are linear.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}\Z")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?\Z")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_URN = re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{0,31}:\S{1,400}\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}\Z")
# YAML 1.1 took these for true and false; the standard has asked for YAML 1.2 since 0.3.
_OLD_WORDS = {"yes": True, "on": True, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Line:
    """A text. What YAML reads as a number is taken as it is written, with advice to put it into quotes."""

    max: int = 300
    min: int = 1

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or node.value is None or isinstance(node.value, bool):
            return reading.expected(("teks", "a text"), node, path)
        if not isinstance(node.value, str):
            reading.add("publiccode-quotes", node, path, severity="warning", found=node.text)
        text = node.text.strip()
        if not self.min <= len(text) <= self.max:
            reading.add("wrong-length", node, path, min=self.min, max=self.max, length=len(text))
            return MISSING
        return text


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false; the yes and no of YAML 1.1 with advice."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, ScalarNode) and type(node.value) is bool:
            return node.value
        if isinstance(node, ScalarNode) and not node.literal and node.text.lower() in _OLD_WORDS:
            value = _OLD_WORDS[node.text.lower()]
            reading.add(
                "publiccode-yaml-1-1", node, path, severity="warning", found=node.text, right=str(value).lower()
            )
            return value
        return reading.expected(("true atau false", "true or false"), node, path)


@dataclass(frozen=True, slots=True)
class Matching:
    """A text that passes a test, with what it should look like."""

    passes: Callable[[str], bool]
    expected: tuple[str, str]
    max: int = MAX_ADDRESS

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or node.value is None or isinstance(node.value, bool):
            return reading.expected(self.expected, node, path)
        text = node.text.strip()
        if not text or len(text) > self.max or not self.passes(text):
            return reading.expected(self.expected, node, path)
        return text


@dataclass(frozen=True, slots=True)
class Several:
    """A list; where `single` is allowed a value alone stands for a list of one."""

    item: Kind
    single: bool = False
    min: int = 0

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, ScalarNode) and self.single and node.value is not None:
            items: list[Node] = [node]
        elif isinstance(node, ListNode):
            items = node.items
        else:
            return reading.expected(("daftar, satu unsur per baris “- …”", "a list, one “- …” a line"), node, path)
        if len(items) > MAX_LIST:
            reading.add("too-many", node, path, max=MAX_LIST)
            return MISSING
        if len(items) < self.min:
            reading.add("empty-list", node, path)
            return MISSING
        read = [self.item.read(item, (*path, str(index)), reading) for index, item in enumerate(items)]
        return [value for value in read if value is not MISSING]


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """A map from language tags (BCP 47) to what is said in that language, of which there is one at least."""

    value: Kind

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode) or not node.entries:
            return reading.expected(("bagian per bahasa seperti “id:”", "a section by language, as “en:”"), node, path)
        found = {}
        for tag, key, child in node.pairs():
            if not is_language(tag):
                reading.add("publiccode-language", key, (*path, tag), found=tag)
                continue
            value = self.value.read(child, (*path, tag), reading)
            if value is not MISSING:
                found[tag] = value
        return found


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the standard's list."""

    minor: int

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        since = CATEGORIES.get(text)
        if since is None:
            reading.add("unknown-value", node, path, found=text or "…", suggestion=suggest(text, CATEGORIES))
            return MISSING
        if since > self.minor:
            _too_new(node, path, reading, text, since)
        return text


@dataclass(frozen=True, slots=True)
class Country:
    """An ISO 3166-1 alpha-2 code: small letters up to 0.4, capitals since 0.5. Gives it in capitals."""

    minor: int

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        if text.upper() not in COUNTRIES or text not in (text.upper(), text.lower()):
            return reading.expected(("kode negara ISO 3166-1 seperti ID", "an ISO 3166-1 code such as ID"), node, path)
        if self.minor >= 5 and text.islower():
            note_deprecated(
                node, path, reading, since=5, instead=(f"Tulis “{text.upper()}”.", f"Write “{text.upper()}”.")
            )
        return text.upper()


@dataclass(frozen=True, slots=True)
class Licence:
    """An SPDX expression. Gives it as SPDX writes it."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text.strip() if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""
        written = spdx_expression(text)
        if written is None:
            reading.add("publiccode-licence", node, path, found=text[:60] or "…")
            return MISSING
        return written


@dataclass(frozen=True, slots=True)
class Supported:
    """The id of something that the software supports: an alias of the list, or a URI."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text.strip() if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""
        scheme, _, name = text.partition(":")
        if scheme == "alias":
            if name not in ALIASES:
                reading.add("unknown-value", node, path, found=text, suggestion=suggest(name, ALIASES))
                return MISSING
            return text
        return URI.read(node, path, reading)


def spdx_expression(text: str) -> str | None:
    """A licence expression as SPDX writes it; None for what is none."""
    if not text or len(text) > MAX_LICENCE:
        return None
    try:
        return str(canonicalize_license_expression(text))
    except (InvalidLicenseExpression, ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def is_language(tag: str) -> bool:
    """Whether a text is shaped as a BCP 47 tag, whose primary language cannot be left out."""
    return len(tag) <= 60 and _LANGUAGE.match(tag) is not None


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address with a host, without credentials and spaces."""
    return _address(text, ("https", "http"))


def _is_repository(text: str) -> bool:
    return _address(text, ("https", "http", "git", "ssh", "svn", "svn+ssh", "git+ssh", "hg", "ftp"))


def _is_uri(text: str) -> bool:
    if _URN.match(text):
        return True
    scheme = text.partition(":")[0].lower()
    return scheme != "urn" and _SCHEME.match(scheme) is not None and _address(text, (scheme,))


def _address(text: str, schemes: tuple[str, ...]) -> bool:
    if len(text) > MAX_ADDRESS or any(letter.isspace() or letter in '<>"\\^`{|}' for letter in text):
        return False
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - a port that is none is told when it is asked for.
    except ValueError:
        return False
    return parts.scheme.lower() in schemes and bool(parts.hostname)


def _is_date(text: str) -> bool:
    if not _DATE.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_file(text: str) -> bool:
    """A path below the repository's root, or an address; the standard says so of logos and screenshots."""
    if "://" in text:
        return is_web_address(text)
    return not text.startswith(("/", "\\", "file:")) and ".." not in text.split("/")


def note_deprecated(node: Node, path: Path, reading: Reading, *, since: int, instead: tuple[str, str]) -> None:
    """Note that something is deprecated since a version, and what to write instead."""
    reading.add(
        "publiccode-deprecated",
        node,
        path,
        severity="warning",
        key=path[-1],
        since=shown(since),
        instead=Text({"id": instead[0], "en": instead[1]}),
    )


def _too_new(node: Node, path: Path, reading: Reading, key: str, since: int) -> None:
    reading.add("publiccode-too-new", node, path, severity="warning", key=key, since=shown(since))


URL = Matching(is_web_address, ("alamat https://…", "an https:// address"))
REPOSITORY = Matching(
    _is_repository, ("alamat repositori kode sumber, https://…", "the https:// address of the source code repository")
)
URI = Matching(_is_uri, ("URI: alamat https://… atau urn:…", "a URI: https://… or urn:…"))
DATE = Matching(_is_date, ("tanggal seperti 2026-01-31", "a date such as 2026-01-31"))
EMAIL = Matching(lambda text: _EMAIL.match(text) is not None, ("alamat surel", "an e-mail address"))
MEDIA_TYPE = Matching(
    lambda text: _MEDIA_TYPE.match(text) is not None,
    ("jenis media seperti text/plain", "a media type such as text/plain"),
)
LANGUAGE = Matching(is_language, ("kode bahasa seperti id atau en", "a language tag such as id or en"))
FILE = Matching(
    _is_file,
    ("alamat berkas di repositori, tanpa “/” di depan", "a path in the repository, without a leading “/”"),
)
LOGO = Matching(
    lambda text: _is_file(text) and text.split("?")[0].lower().endswith((".svg", ".svgz", ".png")),
    ("berkas SVG, SVGZ atau PNG di repositori", "an SVG, SVGZ or PNG file in the repository"),
)
