"""Drafting evaluations: the yearly one, and what campaigns ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app_catalog.campaigns.models import Campaign
from app_catalog.campaigns.rubrics import get_rubric
from app_catalog.evaluations.facts import count_facts
from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.rubric import SCALE, STANDING, rubric_from
from app_catalog.installations.models import Installation
from app_catalog.releases.models import Release
from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

LONGEST_TEXT = 2_000
EARLIEST = date(2000, 1, 1)
"""Nothing that is judged here happened before; and the first years of the calendar leave no day to reckon back to."""
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

    It is the yearly evaluation, by the standing rubric as it is now. Raises Invalid for an empty or future period,
    Conflict when the municipality has one for these days already.
    """
    municipality = session.get_one(Municipality, installation.tenant_id)
    _check_period(first, last, now().astimezone(ZoneInfo(municipality.timezone)).date())
    rubric = get_rubric(session, STANDING.slug).rubric
    kept = None if rubric == STANDING else rubric.as_json()
    return _begin(session, visitor, installation, first=first, last=last, rubric=kept)


def start_for_campaign(
    session: AnySession, visitor: Visitor, installation: Installation, campaign: Campaign
) -> Evaluation:
    """A draft that answers a campaign: its days and its rubric, with the facts filled in.

    Raises Conflict when the municipality has begun one already.
    """
    first, last = campaign.period_start, campaign.period_end
    return _begin(
        session, visitor, installation, first=first, last=last, rubric=campaign.rubric, campaign_id=campaign.id
    )


def _begin(
    session: AnySession,
    visitor: Visitor,
    installation: Installation,
    *,
    first: date,
    last: date,
    rubric: dict[str, Any] | None,
    campaign_id: UUID | None = None,
) -> Evaluation:
    assert visitor.account_id is not None
    evaluation = Evaluation(
        tenant_id=installation.tenant_id,
        installation_id=installation.id,
        app_id=installation.app_id,
        campaign_id=campaign_id,
        version=session.scalars(select(Release.version).where(Release.id == installation.release_id)).one(),
        period_start=first,
        period_end=last,
        scores={},
        facts=count_facts(session, installation, first=first, last=last).as_json(),
        author_id=visitor.account_id,
        author=visitor.name,
        updated_at=now(),
    )
    if rubric is not None:
        evaluation.rubric = rubric
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
    locked = lock_draft(session, evaluation)
    locked.scores = {
        criterion.id: {
            "score": _score(values.get(f"{criterion.id}_score", "")),
            "reason": plain_text(values.get(f"{criterion.id}_reason", ""))[:LONGEST_TEXT],
        }
        for criterion in rubric_from(locked.rubric).criteria
    }
    locked.summary = plain_text(values.get("summary", ""))[:LONGEST_TEXT]
    locked.should_change = plain_text(values.get("should_change", ""))[:LONGEST_TEXT]
    locked.updated_at = now()
    session.flush()


def usual_period(today: date) -> tuple[date, date]:
    """The half-year that ended last."""
    if today.month <= 6:
        return date(today.year - 1, 7, 1), date(today.year - 1, 12, 31)
    return date(today.year, 1, 1), date(today.year, 6, 30)


def too_early() -> str:
    """What is said of a period that begins before `EARLIEST`."""
    return t("Pilih hari sejak tahun {year}.", "Choose a day since {year}.", year=EARLIEST.year)


def _score(written: str) -> int | None:
    return int(written) if written in {str(score) for score in SCALE} else None


def _check_period(first: date, last: date, today: date) -> None:
    if first < EARLIEST:
        raise Invalid(fields={"first": [too_early()]})
    if last < first:
        raise Invalid(fields={"last": [t("Hari terakhir sebelum hari pertama.", "The last day is before the first.")]})
    if last > today:
        raise Invalid(fields={"last": [t("Periode belum berakhir.", "The period is not over yet.")]})
    if last - first > timedelta(days=3 * 366):
        raise Invalid(fields={"first": [t("Paling lama tiga tahun.", "Three years at most.")]})


def lock_draft(session: AnySession, evaluation: Evaluation) -> Evaluation:
    """The draft as it is now, kept from others until the transaction ends; raises Conflict when it was submitted."""
    locked = session.scalars(
        select(Evaluation)
        .where(Evaluation.tenant_id == evaluation.tenant_id, Evaluation.id == evaluation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if locked.status != "draft":
        raise Conflict(FROZEN)
    return locked
