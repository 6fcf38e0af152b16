"""The canonical form of a package: what is signed, stored, diffed and patched. YAML is only what authors
write.

Layout: ``app``, ``records``, ``pages``, ``messages``, ``scenarios``, ``examples`` (each by id),
``publiccode``, ``readme``, ``changelog``, and ``files`` (path to digest of every other file). In it every
ordered map has an integer ``order``, every text is a map by language, every single value where a list may
stand is a list, sets of ids are maps, and there is no null. Bytes follow RFC 8785 (JSON Canonicalization
Scheme) for what the form may hold: sorted keys, no white space, UTF-8.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from app_catalog.definitions.building.definition import build_definition
from app_catalog.definitions.check import checked_reading
from app_catalog.definitions.model import Definition
from app_catalog.definitions.problems import PackageError
from app_catalog.definitions.source import Source

Canonical = dict[str, Any]


class CanonicalError(ValueError):
    """Data that is not a canonical form; ``path`` says where."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


def canonicalise(source: Source) -> Canonical:
    """The canonical form of a package. ``PackageError`` with the full report when the package has an
    error.
    """
    package = checked_reading(source)
    report = package.reading.problems.report()
    if not report.ok:
        raise PackageError(report)
    return package.canonical


def canonical_bytes(canonical: Mapping[str, Any]) -> bytes:
    """The one sequence of bytes of a canonical form. ``CanonicalError`` on nulls and on floats that are not
    finite.
    """
    _refuse_nulls(canonical, "")
    text = json.dumps(
        _plain_numbers(canonical), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def digest(canonical: Mapping[str, Any]) -> str:
    """The identity of a canonical form: ``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{sha256(canonical_bytes(canonical)).hexdigest()}"


def compile_definition(canonical: Mapping[str, Any]) -> Definition:
    """The typed definition of a canonical form that came from ``canonicalise`` (or was patched from one).

    ``CanonicalError`` when it does not hold together, naming the missing or malformed part.
    """
    identity = digest(canonical)
    try:
        return build_definition(canonical, identity)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CanonicalError(f"{type(error).__name__}: {error}") from error


def _refuse_nulls(value: Any, path: str) -> None:
    if value is None:
        raise CanonicalError(path or ".")
    children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        _refuse_nulls(child, f"{path}/{key}")


def _plain_numbers(value: Any) -> Any:
    """Whole floats as integers, as in JavaScript's numbers, which RFC 8785 writes."""
    if isinstance(value, Mapping):
        return {key: _plain_numbers(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(child) for child in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
