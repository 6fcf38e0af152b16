"""A submitted archive, read, checked and compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.canonical import canonical_bytes, compile_definition
from app_catalog.definitions.check import checked_reading
from app_catalog.definitions.model import Definition
from app_catalog.definitions.problems import Problem, Report
from app_catalog.definitions.source import Source, load_archive
from app_catalog.releases.archives import unwrap_folder
from app_catalog.releases.scenarios import ScenarioReport


@dataclass(frozen=True, slots=True)
class Package:
    """A package without errors: its source, canonical form as text, and compiled definition (with the digest)."""

    source: Source
    canonical: str
    definition: Definition
    report: Report


@dataclass(frozen=True, slots=True)
class FileProblems:
    """The problems of one file, each with the line of the source that it is about (empty when it is the file)."""

    file: str
    problems: tuple[tuple[Problem, str], ...]


@dataclass(frozen=True, slots=True)
class PackageRefused:
    """Why a package was not taken: problems in its files, or scenarios that did not pass."""

    report: Report
    source: Source
    scenarios: ScenarioReport | None = None

    def by_file(self) -> list[FileProblems]:
        """The problems grouped by file, in the order of files and lines."""
        return problems_by_file(self.report, self.source)

    def as_json(self) -> list[dict[str, Any]]:
        """The problems for the API and the command line."""
        return [problem_json(problem) for problem in self.report.problems]


def read_package_archive(archive: bytes) -> Package | PackageRefused:
    """The package in a zip archive, at its top or in a single folder; else everything that is wrong with it."""
    return read_package_source(load_archive(unwrap_folder(archive)))


def read_package_source(source: Source) -> Package | PackageRefused:
    """The checked package of a source, else everything that is wrong with it."""
    reading = checked_reading(source)
    report = reading.reading.problems.report()
    if not report.ok:
        return PackageRefused(report, source)
    canonical = canonical_bytes(reading.canonical).decode("utf-8")
    return Package(source, canonical, compile_definition(reading.canonical), report)


def problems_by_file(report: Report, source: Source) -> list[FileProblems]:
    """Problems grouped by file, each with the line of the source that it is about."""
    grouped: dict[str, list[tuple[Problem, str]]] = {}
    for problem in report.problems:
        grouped.setdefault(problem.file, []).append((problem, _line(source, problem)))
    return [FileProblems(file, tuple(found)) for file, found in grouped.items()]


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as JSON, its texts by language."""
    return {
        "severity": problem.severity,
        "code": problem.code,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": dict(problem.message),
        "remedy": dict(problem.remedy),
    }


def _line(source: Source, problem: Problem) -> str:
    lines = source.files.get(problem.file, b"").decode("utf-8", "replace").splitlines()
    return lines[problem.line - 1][:200] if 0 < problem.line <= len(lines) else ""
