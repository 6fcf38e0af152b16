"""Submitting an evaluation: it is frozen, handed in to the campaign that asked for it, and published by consent."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select

from app_catalog.campaigns.days import is_open
from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.evaluations.facts import count_facts
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.evaluations.rubric import SCALE, rubric_from, weighted_total
from app_catalog.evaluations.services import lock_draft
from app_catalog.installations.models import Installation
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import t
from tenants.municipalities.models import Municipality

SHORTEST_REASON = 10
Submitted = SubmittedEvaluation | CampaignAnswer


def submit_evaluation(
    session: AnySession,
    evaluation: Evaluation,
    *,
    with_facts: bool,
    installation: Installation,
    public: bool = True,
    with_evidence: bool = False,
) -> Submitted:
    """Freeze the draft, hand it in to its campaign, and publish it where the municipality agrees.

    Outside campaigns an evaluation is always public. Facts go along only when the municipality agrees to show them;
    they are counted once more at this moment. Gives the public copy, or what only the campaign's people read when it is
    not public. Raises Invalid with an error per criterion that lacks a score or a reason, or for a campaign that is
    over, Conflict when it was submitted already.
    """
    locked = lock_draft(session, evaluation)
    errors = _missing(locked) | _over(session, locked)
    if errors:
        raise Invalid(fields=errors)
    facts = count_facts(session, installation, first=locked.period_start, last=locked.period_end).as_json()
    locked.facts, locked.status, locked.submitted_at = facts, "submitted", now()
    locked.public = public or locked.campaign_id is None
    session.flush()
    copied = _copied(session, locked, facts if with_facts else None)
    submitted: Submitted | None = None
    if locked.campaign_id is not None:
        submitted = CampaignAnswer(**copied, campaign_id=locked.campaign_id, public=locked.public)
        session.add(submitted)
    if locked.public:
        submitted = SubmittedEvaluation(
            **copied,
            campaign_id=locked.campaign_id,
            evidence_public=with_evidence,
            **({"rubric": locked.rubric} if locked.rubric else {}),
        )
        session.add(submitted)
    assert submitted is not None
    session.flush()
    record_audit(
        session,
        "evaluation.submitted",
        subject_type="evaluation",
        subject_id=locked.id,
        after={
            "digest": submitted.digest,
            "facts_published": with_facts,
            "public": locked.public,
            "evidence_public": locked.public and with_evidence,
        },
    )
    return submitted


def _copied(session: AnySession, evaluation: Evaluation, facts: dict[str, Any] | None) -> dict[str, Any]:
    """What the copies have in common; the digest is over all that was said."""
    content: dict[str, Any] = {
        "app": str(evaluation.app_id),
        "municipality": str(evaluation.tenant_id),
        "version": evaluation.version,
        "period": [evaluation.period_start.isoformat(), evaluation.period_end.isoformat()],
        "scores": evaluation.scores,
        "summary": evaluation.summary,
        "should_change": evaluation.should_change,
        "facts": facts,
    }
    if evaluation.rubric is not None:
        content["rubric"] = evaluation.rubric
    if evaluation.campaign_id is not None:
        content["campaign"] = str(evaluation.campaign_id)
    return {
        "id": evaluation.id,
        "tenant_id": evaluation.tenant_id,
        "app_id": evaluation.app_id,
        "version": evaluation.version,
        "municipality_name": session.get_one(Municipality, evaluation.tenant_id).name,
        "author": evaluation.author,
        "period_start": evaluation.period_start,
        "period_end": evaluation.period_end,
        "scores": evaluation.scores,
        "mean_score": weighted_total(rubric_from(evaluation.rubric), evaluation.scores),
        "summary": evaluation.summary,
        "should_change": evaluation.should_change,
        "facts": facts,
        "digest": "sha256:" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        "submitted_at": evaluation.submitted_at,
    }


def _over(session: AnySession, evaluation: Evaluation) -> dict[str, list[str]]:
    if evaluation.campaign_id is None:
        return {}
    # Whoever is just closing it is waited for, and waits: who opened it is told how many answered.
    campaign = session.scalar(
        select(Campaign)
        .where(Campaign.id == evaluation.campaign_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    if campaign is not None and is_open(campaign):
        return {}
    return {
        "campaign": [
            t(
                "Kampanye ini sudah ditutup, jadi jawabannya tidak diterima lagi. Draf Anda tetap tersimpan.",
                "This campaign is over, so that answers are no longer taken. Your draft is kept.",
            )
        ]
    }


def _missing(evaluation: Evaluation) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for criterion in rubric_from(evaluation.rubric).criteria:
        given = evaluation.scores.get(criterion.id, {})
        if given.get("score") not in SCALE:
            errors[f"{criterion.id}_score"] = [
                t("{name}: beri nilai 1 sampai 5.", "{name}: give a score from 1 to 5.", name=criterion.name)
            ]
        if len(given.get("reason", "")) < SHORTEST_REASON:
            errors[f"{criterion.id}_reason"] = [
                t(
                    "{name}: tulis alasannya, paling sedikit {n} huruf.",
                    "{name}: give a reason of at least {n} characters.",
                    name=criterion.name,
                    n=SHORTEST_REASON,
                )
            ]
    if len(evaluation.summary) < SHORTEST_REASON:
        errors["summary"] = [t("Tulis kesimpulan singkat.", "Write a short conclusion.")]
    return errors
