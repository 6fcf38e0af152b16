"""Runs the assertions on a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from lumbung.db.base import TableKind, append_only_tables, table_kinds
from lumbung.db.tenancy import POLICY
from lumbung.doctor.assertions import ASSERTIONS
from lumbung.migrate.walls import APPLICATION

_SAFE_FROM = {15: 20, 16: 16, 17: 12, 18: 6}
"""First minor releases without CVE-2026-120154, by major release."""


@dataclass(frozen=True)
class Finding:
    """A violated assertion with what violates it; a warning does not stop the start."""

    name: str
    meaning: str
    subjects: tuple[str, ...]
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(self.subjects)} — {self.meaning}"


def examine(connection: psycopg.Connection[Any]) -> list[Finding]:
    """All violated assertions of the connected database; any role may ask, nothing is changed."""
    parameters = _parameters()
    findings = []
    for assertion in ASSERTIONS:
        rows = connection.execute(assertion.query.encode(), parameters).fetchall()
        if rows:
            findings.append(Finding(assertion.name, assertion.meaning, tuple(sorted(str(row[0]) for row in rows))))
    findings.extend(_server_version(connection.info.server_version))
    return findings


class BrokenWall(Exception):
    """The doctor found something; the message lists it, one finding a line."""


def examine_url(url: str) -> list[Finding]:
    """Examine the database at an SQLAlchemy URL. All models must have been imported."""
    with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
        return examine(connection)


def assert_wall(url: str) -> None:
    """Raise BrokenWall when an examination of this database finds more than warnings."""
    broken = [finding for finding in examine_url(url) if not finding.warning]
    if broken:
        raise BrokenWall("\n".join(map(str, broken)))


def _parameters() -> dict[str, Any]:
    kinds = table_kinds()
    by_kind: dict[str, Any] = {
        kind.value: sorted(name for name, found in kinds.items() if found == kind) for kind in TableKind
    }
    return {**by_kind, "append_only": sorted(append_only_tables()), "app": APPLICATION, "policy": POLICY}


def _server_version(number: int) -> list[Finding]:
    major, minor = divmod(number, 10_000)
    safe = _SAFE_FROM.get(major)
    if safe is None or minor >= safe:
        return []
    meaning = (
        f"This PostgreSQL ({major}.{minor}) has CVE-2026-120154 (fixed in {major}.{safe}). "
        "tenant_id in every unique key blocks it here; update the server all the same."
    )
    return [Finding("server-version", meaning, (f"{major}.{minor}",), warning=True)]
