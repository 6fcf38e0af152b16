"""An evaluation as PDF, set by Typst: the same content gives the same bytes (ADR 0039)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from app_catalog.campaigns.models import CampaignAnswer
from app_catalog.evaluations.comparison import Comparison
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.evaluations.rubric import Rubric
from lumbung.i18n import current_language, show_date, show_number, t
from lumbung.typesetting import breakable, set_paper


def evaluation_pdf(
    evaluation: Evaluation | SubmittedEvaluation | CampaignAnswer,
    rubric: Rubric,
    *,
    app_name: str,
    municipality: str,
    total: float | None,
    facts: dict[str, Any] | None,
    comparison: Comparison | None = None,
    evidence: dict[str, Sequence[str]] | None = None,
) -> bytes:
    """The evaluation on A4 in the reader's language. Figures, comparison and names of evidence only where given.

    Fonts are those that the typesetter carries, never the machine's; nothing is read from disk or network. Its date is
    that of the submission.
    """
    content = {
        "language": current_language(),
        "title": t("Evaluasi {app}", "Evaluation of {app}", app=app_name),
        "municipality": municipality,
        "under": [
            f"{show_date(evaluation.period_start)} – {show_date(evaluation.period_end)}",
            t("versi {version}", "version {version}", version=evaluation.version),
            str(rubric.name),
            evaluation.author,
        ],
        "draft": "" if evaluation.submitted_at else t("Draf, belum dikirim", "A draft, not submitted"),
        "total": _score(total),
        "labels": _labels(),
        "criteria": _criteria(evaluation.scores, rubric, evidence or {}),
        "summary": breakable(evaluation.summary),
        "should_change": [breakable(line) for line in evaluation.should_change.splitlines() if line.strip()],
        "facts": [[name, told] for name, told in told_facts(facts or {})],
        "comparison": _comparison(comparison) if comparison else None,
        "digest": getattr(evaluation, "digest", ""),
    }
    stamp = evaluation.submitted_at or evaluation.updated_at  # type: ignore[union-attr]
    return set_paper(_layout(), content, timestamp=int(stamp.timestamp()))


@cache
def _layout() -> bytes:
    return files("app_catalog.evaluations").joinpath("templates", "evaluations", "paper.typ").read_bytes()


def _labels() -> dict[str, str]:
    return {
        "total": t("Nilai berbobot", "Weighted total"),
        "of": t("dari 5", "of 5"),
        "criterion": t("Kriteria", "Criterion"),
        "weight": t("Bobot", "Weight"),
        "score": t("Nilai", "Score"),
        "reason": t("Alasan", "Reason"),
        "evidence": t("Bukti", "Evidence"),
        "summary": t("Kesimpulan", "Conclusion"),
        "should_change": t("Yang sebaiknya diubah", "What should change"),
        "facts": t("Angka periode ini, dihitung oleh platform", "The period’s figures, counted by the platform"),
        "comparison": t("Perbandingan", "Comparison"),
        "now": t("Sekarang", "Now"),
        "last": t("Sebelumnya", "Last time"),
        "like": t("Daerah serupa", "Like municipalities"),
        "page": t("Halaman", "Page"),
        "digest": t("Sidik isi", "Digest of the content"),
    }


def _criteria(scores: dict[str, Any], rubric: Rubric, evidence: dict[str, Sequence[str]]) -> list[dict[str, Any]]:
    found = []
    for one in rubric.criteria:
        given = scores.get(one.id, {})
        found.append(
            {
                "name": str(one.name),
                "question": str(one.question),
                "weight": f"{one.weight} %",
                "score": str(given.get("score") or "–"),
                "reason": breakable(given.get("reason", "")),
                "evidence": [breakable(name) for name in evidence.get(one.id, ())],
            }
        )
    return found


def _comparison(comparison: Comparison) -> dict[str, Any]:
    rows = [[str(row.criterion.name), _score(row.score), _score(row.last), _score(row.like)] for row in comparison.rows]
    total = [_score(comparison.total), _score(comparison.last_total), _score(comparison.like_total)]
    return {"rows": [*rows, [t("Nilai berbobot", "Weighted total"), *total]], "note": comparison_note(comparison)}


def comparison_note(comparison: Comparison) -> str:
    """Which municipalities are meant by like ones, or why none are shown."""
    values = {"n": comparison.like_number, "kind": comparison.kind, "size": comparison.size}
    if comparison.like_total is None:
        return t(
            "Daerah serupa belum cukup: baru {n} yang menerbitkan evaluasinya, perlu 3 ({kind}, {size}).",
            "There are too few like municipalities: {n} have published evaluations, 3 are needed ({kind}, {size}).",
            **values,
        )
    return t(
        "Daerah serupa: rata-rata {n} {kind} yang menerbitkan evaluasinya ({size}).",
        "Like municipalities: the mean of {n} {kind} that have published evaluations ({size}).",
        **values,
    )


def _score(value: float | None) -> str:
    return "–" if value is None else show_number(value)
