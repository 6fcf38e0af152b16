"""The figures as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.catalog import lines as catalog_lines
from bench.indexed import lines as indexed_lines

SYSTEMS = ("limit", "django-tenants", "lumbung")
_GOALS = {"list": (0.5, 2.0), "detail": (0.5, 2.0), "create": (1.0, None)}


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    yield from _requests(result["requests"])
    yield from _steps(result)
    yield from _pages(result)
    yield ""
    yield from catalog_lines(result["catalog"])
    yield ""
    yield from indexed_lines(result["indexed"])


def _requests(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'milliseconds of CPU per request':34}{'app':>8}{'db':>8}{'both':>8}{'req/s':>8}{'p99 ms':>8}{'errors':>8}"
    for work, by_system in found.items():
        for system in SYSTEMS:
            cost = by_system[system]
            total = cost["app"] + cost["db"]
            yield (
                f"  {work:10}{system:22}{cost['app']:8.2f}{cost['db']:8.2f}{total:8.2f}"
                f"{cost['per_second']:8.0f}{cost['p99']:8.1f}{cost['errors']:8d}"
            )
        yield f"  {work:10}{'Lumbung : peer, limit':22}{_ratios(work, by_system)}"


def _ratios(work: str, found: Mapping[str, Any]) -> str:
    parts = []
    for name, kinds in (("app", ("app",)), ("both", ("app", "db"))):
        cost = {system: sum(one[kind] for kind in kinds) for system, one in found.items()}
        peer, limit = cost["lumbung"] / cost["django-tenants"], cost["lumbung"] / cost["limit"]
        parts.append(f"{name} {peer:.2f}, {limit:.2f}")
    to_peer, to_limit = _GOALS[work]
    goal = f"at most {to_peer}" + (f", {to_limit}" if to_limit else "")
    return f"   {'; '.join(parts)}   (goal: {goal})"


def _steps(result: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{'milliseconds':34}{'count':>8}{'first':>8}{'median':>8}{'last':>8}{'worst':>8}{'sum s':>8}"
    for name in ("django-tenants: a tenant", "Lumbung: a municipality", "Lumbung: enabling an app"):
        step = result["steps"][name]
        yield (
            f"  {name:32}{step['count']:8d}{step['first_ms']:8.0f}{step['median_ms']:8.1f}{step['last_ms']:8.1f}"
            f"{step['worst_ms']:8.0f}{step['sum_s']:8.1f}"
        )


def _pages(result: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "pages over few and many records, milliseconds of CPU (app and database)"
    for name, page in result["long_lists"].items():
        yield f"  {name:32}{page['few']:8.2f}{page['many']:8.2f}   {page['many'] / page['few']:.2f} times (goal: 1.5)"
    yield ""
    yield f"{'bytes over the wire':34}{'page':>8}{'all':>8}   Lighthouse: performance, accessibility, practices"
    for name, page in result["pages"].items():
        judged = page.get("lighthouse") or {}
        scores = ", ".join(str(judged.get(one, "–")) for one in ("performance", "accessibility", "best-practices"))
        yield f"  {name:32}{page['page']:8d}{page['all']:8d}   {scores}"
