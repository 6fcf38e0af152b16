"""Evaluations as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app_catalog.campaigns.models import CampaignAnswer
from app_catalog.evaluations.comparison import Comparison
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.evaluations.rubric import Rubric, rubric_from
from lumbung.i18n import t
from lumbung.spreadsheets import csv_document

_FACTS = ("records", "closed", "due", "in_time", "median_seconds", "reopened", "rated", "rating_mean")


def evaluation_csv(
    evaluation: Evaluation | SubmittedEvaluation | CampaignAnswer,
    rubric: Rubric,
    *,
    facts: dict[str, Any] | None,
    comparison: Comparison | None = None,
) -> bytes:
    """One evaluation: a line for each criterion, then what was said as a whole, then the figures (where given).

    `comparison` adds the last score and the mean of like municipalities.
    """
    header = [t("kriteria", "criterion"), t("bobot (%)", "weight (%)"), t("nilai", "score"), t("alasan", "reason")]
    if comparison:
        header += [t("nilai terakhir", "last score"), t("rata-rata daerah serupa", "mean of like municipalities")]
    beside = {row.criterion.id: row for row in comparison.rows} if comparison else {}
    rows: list[list[object]] = []
    for criterion in rubric.criteria:
        given = evaluation.scores.get(criterion.id, {})
        row: list[object] = [criterion.name, criterion.weight, given.get("score"), given.get("reason", "")]
        if comparison:
            row += [beside[criterion.id].last, beside[criterion.id].like]
        rows.append(row)
    rows += [
        [t("kesimpulan", "conclusion"), None, None, evaluation.summary],
        [t("yang sebaiknya diubah", "what should change"), None, None, evaluation.should_change],
    ]
    rows += [[name, None, None, told] for name, told in told_facts(facts or {})]
    return csv_document(header, rows)


def answers_csv(answers: Sequence[CampaignAnswer], rubric: dict[str, Any], apps: dict[Any, str]) -> bytes:
    """All answers of a campaign, one a line: the names of columns are ids, the same in every language."""
    criteria = rubric_from(rubric).criteria
    header = ["municipality", "app", "version", "period_start", "period_end", "submitted_at", "public", "total"]
    for criterion in criteria:
        header += [f"{criterion.id}_score", f"{criterion.id}_reason"]
    header += ["summary", "should_change", *_FACTS]
    return csv_document(header, (_answer_row(answer, [one.id for one in criteria], apps) for answer in answers))


def _answer_row(answer: CampaignAnswer, criteria: list[str], apps: dict[Any, str]) -> list[object]:
    row: list[object] = [
        answer.municipality_name,
        apps.get(answer.app_id, ""),
        answer.version,
        answer.period_start,
        answer.period_end,
        answer.submitted_at.isoformat(timespec="seconds"),
        "true" if answer.public else "false",
        answer.mean_score,
    ]
    for criterion_id in criteria:
        given = answer.scores.get(criterion_id, {})
        row += [given.get("score"), given.get("reason", "")]
    facts = answer.facts or {}
    return [*row, answer.summary, answer.should_change, *(facts.get(name) for name in _FACTS)]
