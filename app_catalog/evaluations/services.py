"""Drafting, submitting and reading evaluations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.facts import count_facts
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.installations.models import Installation
from app_catalog.releases.models import Release
from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

SHORTEST_REASON = 10
LONGEST_TEXT = 2_000
FROZEN = Text(
    "Evaluasi ini sudah dikirim dan tidak dapat diubah lagi.",
    "This evaluation has been submitted and can no longer be changed.",
)


def list_evaluations(session: AnySession) -> Sequence[Evaluation]:
    """The municipality's evaluations, drafts first, then the newest period."""
    return session.scalars(
        select(Evaluation)
        .where(Evaluation.tenant_id == current_tenant(session))
        .order_by(Evaluation.status, Evaluation.period_end.desc(), Evaluation.id)
    ).all()


def access_evaluation(session: AnySession, evaluation_id: UUID) -> Evaluation:
    """One of the municipality's evaluations; raises NotFound."""
    found = session.get(Evaluation, (current_tenant(session), evaluation_id))
    if found is None:
        raise NotFound
    return found


def start_evaluation(
    session: AnySession, visitor: Visitor, installation: Installation, *, first: date, last: date
) -> Evaluation:
    """A draft for the days from `first` to `last`, both included, with the facts filled in.

    Raises Invalid for an empty or future period, Conflict when the municipality has one for these days already.
    """
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    assert visitor.account_id is not None
    today = now().astimezone(ZoneInfo(session.get_one(Municipality, tenant_id).timezone)).date()
    _check_period(first, last, today)
    evaluation = Evaluation(
        tenant_id=tenant_id,
        installation_id=installation.id,
        app_id=installation.app_id,
        version=session.scalars(select(Release.version).where(Release.id == installation.release_id)).one(),
        period_start=first,
        period_end=last,
        scores={},
        facts=count_facts(session, installation, first=first, last=last).as_json(),
        author_id=visitor.account_id,
        author=visitor.name,
        updated_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(evaluation)
    except IntegrityError as error:
        if violated_constraint(error) == "uq_evaluations_period":
            raise Conflict(
                Text(
                    "Sudah ada evaluasi aplikasi ini untuk periode yang sama. Buka yang itu.",
                    "There is an evaluation of this app for the same period already. Open that one.",
                )
            ) from error
        raise
    record_audit(session, "evaluation.started", subject_type="evaluation", subject_id=evaluation.id)
    return evaluation


def save_draft(session: AnySession, evaluation: Evaluation, values: Mapping[str, str]) -> None:
    """Keep what has been written so far, complete or not; raises Conflict when it was submitted."""
    locked = _lock_draft(session, evaluation)
    locked.scores = {
        criterion.id: {
            "score": _score(values.get(f"{criterion.id}_score", "")),
            "reason": values.get(f"{criterion.id}_reason", "").strip()[:LONGEST_TEXT],
        }
        for criterion in CRITERIA
    }
    locked.summary = values.get("summary", "").strip()[:LONGEST_TEXT]
    locked.should_change = values.get("should_change", "").strip()[:LONGEST_TEXT]
    locked.updated_at = now()
    session.flush()


def submit_evaluation(
    session: AnySession, evaluation: Evaluation, *, with_facts: bool, installation: Installation
) -> SubmittedEvaluation:
    """Freeze the draft and publish it; facts go along only when the municipality agrees to show them.

    Facts are counted once more at this moment. Raises Invalid with an error per criterion that lacks a score or a
    reason, Conflict when it was submitted already.
    """
    locked = _lock_draft(session, evaluation)
    errors = _missing(locked)
    if errors:
        raise Invalid(fields=errors)
    facts = count_facts(session, installation, first=locked.period_start, last=locked.period_end).as_json()
    locked.facts, locked.status, locked.submitted_at = facts, "submitted", now()
    session.flush()
    content: dict[str, Any] = {
        "app": str(locked.app_id),
        "municipality": str(locked.tenant_id),
        "version": locked.version,
        "period": [locked.period_start.isoformat(), locked.period_end.isoformat()],
        "scores": locked.scores,
        "summary": locked.summary,
        "should_change": locked.should_change,
        "facts": facts if with_facts else None,
    }
    published = SubmittedEvaluation(
        id=locked.id,
        tenant_id=locked.tenant_id,
        app_id=locked.app_id,
        version=locked.version,
        municipality_name=session.get_one(Municipality, locked.tenant_id).name,
        author=locked.author,
        period_start=locked.period_start,
        period_end=locked.period_end,
        scores=locked.scores,
        mean_score=mean_score(locked.scores),
        summary=locked.summary,
        should_change=locked.should_change,
        facts=content["facts"],
        digest="sha256:" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        submitted_at=locked.submitted_at,
    )
    session.add(published)
    session.flush()
    record_audit(
        session,
        "evaluation.submitted",
        subject_type="evaluation",
        subject_id=locked.id,
        after={"digest": published.digest, "facts_published": with_facts},
    )
    return published


def mean_score(scores: Mapping[str, Any]) -> float:
    """The plain mean of the five scores."""
    total: int = sum(scores[criterion.id]["score"] for criterion in CRITERIA)
    return round(total / len(CRITERIA), 2)


def list_submitted(session: AnySession, app_id: UUID, *, limit: int = 20) -> Sequence[SubmittedEvaluation]:
    """What municipalities have published about an app, the newest first; anybody may read it."""
    return session.scalars(
        select(SubmittedEvaluation)
        .where(SubmittedEvaluation.app_id == app_id)
        .order_by(SubmittedEvaluation.submitted_at.desc())
        .limit(limit)
    ).all()


def get_submitted(session: AnySession, app_id: UUID, evaluation_id: UUID) -> SubmittedEvaluation:
    """One published evaluation of an app; raises NotFound."""
    found = session.scalar(
        select(SubmittedEvaluation).where(SubmittedEvaluation.app_id == app_id, SubmittedEvaluation.id == evaluation_id)
    )
    if found is None:
        raise NotFound
    return found


def usual_period(today: date) -> tuple[date, date]:
    """The half-year that ended last."""
    if today.month <= 6:
        return date(today.year - 1, 7, 1), date(today.year - 1, 12, 31)
    return date(today.year, 1, 1), date(today.year, 6, 30)


def _score(written: str) -> int | None:
    return int(written) if written in {"1", "2", "3", "4", "5"} else None


def _check_period(first: date, last: date, today: date) -> None:
    if last < first:
        raise Invalid(fields={"last": [t("Hari terakhir sebelum hari pertama.", "The last day is before the first.")]})
    if last > today:
        raise Invalid(fields={"last": [t("Periode belum berakhir.", "The period is not over yet.")]})
    if last - first > timedelta(days=3 * 366):
        raise Invalid(fields={"first": [t("Paling lama tiga tahun.", "Three years at most.")]})


def _lock_draft(session: AnySession, evaluation: Evaluation) -> Evaluation:
    locked = session.scalars(
        select(Evaluation)
        .where(Evaluation.tenant_id == evaluation.tenant_id, Evaluation.id == evaluation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if locked.status != "draft":
        raise Conflict(FROZEN)
    return locked


def _missing(evaluation: Evaluation) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for criterion in CRITERIA:
        given = evaluation.scores.get(criterion.id, {})
        if given.get("score") not in (1, 2, 3, 4, 5):
            errors[f"{criterion.id}_score"] = [t("Beri nilai 1 sampai 5.", "Give a score from 1 to 5.")]
        if len(given.get("reason", "")) < SHORTEST_REASON:
            errors[f"{criterion.id}_reason"] = [
                t(
                    "Tulis alasannya, paling sedikit {n} huruf.",
                    "Give a reason of at least {n} characters.",
                    n=SHORTEST_REASON,
                )
            ]
    if len(evaluation.summary) < SHORTEST_REASON:
        errors["summary"] = [t("Tulis kesimpulan singkat.", "Write a short conclusion.")]
    return errors
