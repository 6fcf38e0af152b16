"""An evaluation beside the municipality's last one, and beside what like municipalities have published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app_catalog.evaluations.criteria import Criterion
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.evaluations.rubric import SCALE, rubric_from, weighted_total
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.reference import find_regency

LEAST_LIKE: Final = 3
"""Fewer municipalities are no measure, and point to one of them."""
RECENT: Final = timedelta(days=731)
_SIZES: Final = (10, 100, 1_000)
_KINDS: Final = {"kota": Text("kota", "cities"), "kabupaten": Text("kabupaten", "regencies")}
_SIZE_NAMES: Final = (
    Text("di bawah 10 laporan sebulan", "below 10 records a month"),
    Text("10 sampai 99 laporan sebulan", "10 to 99 records a month"),
    Text("100 sampai 999 laporan sebulan", "100 to 999 records a month"),
    Text("1.000 laporan sebulan atau lebih", "1,000 records a month or more"),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """One criterion: its score now (None in a draft that has none yet), the last time, and the mean of like ones."""

    criterion: Criterion
    score: int | None
    last: int | None
    like: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`last` is the municipality's submitted evaluation of the same app before this one. `like_number` municipalities
    are like it; their means are None below `LEAST_LIKE`. Totals are by each evaluation's own weights, from 1 to 5."""

    rows: list[Beside]
    total: float | None
    last: Evaluation | None
    last_total: float | None
    like_number: int
    like_total: float | None
    kind: Text
    size: Text


def compare_evaluation(session: AnySession, evaluation: Evaluation) -> Comparison:
    """The evaluation of the session's municipality beside others.

    Like are municipalities of the same kind (city or regency) that have published an evaluation of this app within two
    years; whose published figures show another size (records a month) are left out. Each counts once, by its newest.
    """
    rubric = rubric_from(evaluation.rubric)
    last = _last(session, evaluation)
    municipality = session.get_one(Municipality, evaluation.tenant_id)
    kind, size = kind_of(municipality.region_code), size_of(evaluation, evaluation.facts)
    like = _like(session, evaluation, kind, size)
    rows = [
        Beside(
            criterion,
            _score(evaluation.scores, criterion.id),
            _score(last.scores, criterion.id) if last else None,
            _mean([score for one in like if (score := _score(one.scores, criterion.id)) is not None]),
        )
        for criterion in rubric.criteria
    ]
    return Comparison(
        rows=rows,
        total=weighted_total(rubric, evaluation.scores) if all(row.score for row in rows) else None,
        last=last,
        last_total=weighted_total(rubric_from(last.rubric), last.scores) if last else None,
        like_number=len(like),
        like_total=_mean([one.mean_score for one in like]),
        kind=_KINDS[kind],
        size=_SIZE_NAMES[size],
    )


def kind_of(region_code: str) -> str:
    """`kota` or `kabupaten`."""
    regency = find_regency(region_code)
    return regency.kind if regency else "kabupaten"


def size_of(evaluation: Evaluation | SubmittedEvaluation, facts: Mapping[str, Any]) -> int:
    """The size class from 0 to 3, by the records that came in for each 30 days of the period."""
    days = (evaluation.period_end - evaluation.period_start).days + 1
    monthly = facts.get("records", 0) * 30 / days
    return sum(monthly >= step for step in _SIZES)


def _last(session: AnySession, evaluation: Evaluation) -> Evaluation | None:
    return session.scalars(
        select(Evaluation)
        .where(
            Evaluation.tenant_id == evaluation.tenant_id,
            Evaluation.installation_id == evaluation.installation_id,
            Evaluation.id != evaluation.id,
            Evaluation.status == "submitted",
            Evaluation.submitted_at < (evaluation.submitted_at or evaluation.updated_at),
        )
        .order_by(Evaluation.period_end.desc(), Evaluation.submitted_at.desc())
        .limit(1)
    ).one_or_none()


def _like(session: AnySession, evaluation: Evaluation, kind: str, size: int) -> Sequence[SubmittedEvaluation]:
    newest = (
        select(SubmittedEvaluation, Municipality.region_code)
        .join(Municipality, Municipality.id == SubmittedEvaluation.tenant_id)
        .where(
            SubmittedEvaluation.app_id == evaluation.app_id,
            SubmittedEvaluation.tenant_id != evaluation.tenant_id,
            SubmittedEvaluation.period_end >= evaluation.period_end - RECENT,
            Municipality.status != "suspended",
        )
        .ext(distinct_on(SubmittedEvaluation.tenant_id))
        .order_by(
            SubmittedEvaluation.tenant_id,
            SubmittedEvaluation.period_end.desc(),
            SubmittedEvaluation.submitted_at.desc(),
        )
    )
    return [
        found
        for found, region_code in session.execute(newest)
        if kind_of(region_code) == kind and (found.facts is None or size_of(found, found.facts) == size)
    ]


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if len(values) >= LEAST_LIKE else None


def _score(scores: Mapping[str, Any], criterion_id: str) -> int | None:
    score = scores.get(criterion_id, {}).get("score")
    return score if score in SCALE else None
