"""What the types of our problems mean: the pages that `type` of a problem+json answer names (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, render_template

from lumbung.errors import LumbungError, NotFound
from lumbung.web.access import PUBLIC, access
from lumbung.web.sites import BOTH_SITES

problem_docs = Blueprint("problem_docs", __name__, subdomain=BOTH_SITES, url_prefix="/docs/problems")


@problem_docs.get("")
@access(PUBLIC)
def all_problems() -> str:
    """Every type with its status."""
    return render_template("problems.html", problems=list_problems())


@problem_docs.get("/<slug>")
@access(PUBLIC)
def one_problem(slug: str) -> str:
    """One type: what happened and what to do."""
    found = [problem for problem in list_problems() if problem.slug == slug]
    if not found:
        raise NotFound
    return render_template("problems.html", problems=found)


def list_problems() -> list[type[LumbungError]]:
    """All types by status and slug, each once."""
    by_slug = {problem.slug: problem for problem in _below(LumbungError)}
    return sorted(by_slug.values(), key=lambda problem: (problem.status, problem.slug))


def _below(problem: type[LumbungError]) -> Iterator[type[LumbungError]]:
    # Subclasses first, so that of several errors with one slug the most general is kept.
    for child in problem.__subclasses__():
        yield from _below(child)
    yield problem
