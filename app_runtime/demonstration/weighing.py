"""The generated municipalities judge the app, and the maintainer answers in public."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.services import save_draft, start_evaluation
from app_catalog.evaluations.submitting import submit_evaluation
from app_catalog.installations.services import access_installation
from app_catalog.releases.models import App
from app_catalog.reviews.services import reply_publicly, write_review
from app_runtime.demonstration.founding import find_visitors
from app_runtime.demonstration.generated.building import city_of
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.judging import maintainer_visitor
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import APP, EVALUATOR, City
from app_runtime.demonstration.verdicts import ASSESSMENTS, VERDICTS, Assessment, Verdict
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

_REPLIED_AFTER = 1.4


def weigh_app(session: AnySession, maintainer: City, *, until: datetime, seed: int) -> None:
    """Write all verdicts and evaluations at their moments before `until`, with the replies."""
    app, _ = find_release(session)
    replying = maintainer_visitor(session, maintainer, app.publisher_id)
    for verdict in VERDICTS:
        municipality, judge = find_judge(session, verdict.slug, seed)
        review = _review(session, municipality, judge, verdict, until=until)
        if verdict.reply:
            _reply(
                session, replying, app, "review", review, municipality.id, verdict.reply, until=until, days=verdict.days
            )
    for found in ASSESSMENTS:
        municipality, judge = find_judge(session, found.slug, seed)
        submitted = _evaluate(session, municipality, judge, found, until=until)
        if found.reply:
            _reply(
                session,
                replying,
                app,
                "evaluation",
                submitted,
                municipality.id,
                found.reply,
                until=until,
                days=found.days,
            )


def find_judge(session: AnySession, slug: str, seed: int) -> tuple[Municipality, Visitor]:
    """A generated municipality that was loaded, and who evaluates there."""
    city = city_of(next(profile for profile in PROFILES if profile.slug == slug), seed)
    municipality = session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
    with as_tenant(session, municipality.id):
        return municipality, find_visitors(session, city)[city.with_role(EVALUATOR).login]


def _review(
    session: AnySession, municipality: Municipality, judge: Visitor, verdict: Verdict, *, until: datetime
) -> UUID:
    with as_tenant(session, municipality.id), set_clock(until - timedelta(days=verdict.days)):
        installation = access_installation(session, APP)
        return write_review(session, judge, installation, stars=verdict.stars, words=verdict.words).id


def _evaluate(
    session: AnySession, municipality: Municipality, judge: Visitor, found: Assessment, *, until: datetime
) -> UUID:
    moment = until - timedelta(days=found.days)
    last = moment.astimezone(ZoneInfo(municipality.timezone)).date() - timedelta(days=1)
    written = {"summary": found.summary, "should_change": found.should_change}
    for criterion, (score, reason) in zip(CRITERIA, found.scores, strict=True):
        written[f"{criterion.id}_score"], written[f"{criterion.id}_reason"] = str(score), reason
    with as_tenant(session, municipality.id), set_clock(moment):
        installation = access_installation(session, APP)
        first = last - timedelta(days=found.period - 1)
        draft = start_evaluation(session, judge, installation, first=first, last=last)
        save_draft(session, draft, written)
        return submit_evaluation(session, draft, with_facts=found.with_facts, installation=installation).id


def _reply(
    session: AnySession,
    replying: Visitor,
    app: App,
    kind: str,
    subject_id: UUID,
    municipality_id: UUID,
    words: str,
    *,
    until: datetime,
    days: float,
) -> None:
    with set_clock(until - timedelta(days=max(days - _REPLIED_AFTER, 0.1))):
        reply_publicly(
            session,
            replying,
            app,
            subject_type=kind,
            subject_id=subject_id,
            municipality_id=municipality_id,
            words=words,
        )
