"""Evaluations that municipalities have published: anybody may read them, and their evidence by consent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, select

from app_catalog.evaluations.evidence import get_evidence, list_evidence
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.evaluations.services import access_evaluation
from app_catalog.releases.models import App
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.files import StoredFile
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

MOST_SHOWN = 20


def list_submitted(session: AnySession, app_id: UUID) -> Sequence[SubmittedEvaluation]:
    """What municipalities that take part have published about an app, the newest first; anybody may read it."""
    return session.scalars(submitted_of_app(), {"app_id": app_id}).all()


@cache
def submitted_of_app() -> Select[SubmittedEvaluation]:
    """The statement behind `list_submitted`, for the app that is given as `app_id`."""
    return (
        select(SubmittedEvaluation)
        .where(SubmittedEvaluation.app_id == bindparam("app_id", type_=Uuid()), _of_who_takes_part())
        .order_by(SubmittedEvaluation.submitted_at.desc())
        .limit(MOST_SHOWN)
    )


def is_published(session: AnySession, evaluation_id: UUID | None) -> bool:
    """Whether everybody may read this evaluation."""
    if evaluation_id is None:
        return False
    query = select(SubmittedEvaluation.id).where(SubmittedEvaluation.id == evaluation_id, _of_who_takes_part())
    return bool(session.scalar(query))


def access_published(session: AnySession, slug: str, evaluation_id: UUID) -> tuple[App, SubmittedEvaluation]:
    """One published evaluation of an app; raises NotFound, also while the municipality is suspended."""
    row = session.execute(
        select(App, SubmittedEvaluation)
        .join(SubmittedEvaluation, SubmittedEvaluation.app_id == App.id)
        .where(App.slug == slug, SubmittedEvaluation.id == evaluation_id, _of_who_takes_part())
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_readable(
    session: AnySession, visitor: Visitor, app: App, evaluation: SubmittedEvaluation
) -> dict[str, list[StoredFile]]:
    """The evidence that the visitor may read, by criterion: everybody's where the municipality agrees, else that of
    the app's publisher and of curators."""
    if not (evaluation.evidence_public or _reads_all(visitor, app)):
        return {}
    with as_tenant(session, evaluation.tenant_id):
        return list_evidence(session, access_evaluation(session, evaluation.id))


def get_readable(
    session: AnySession, visitor: Visitor, app: App, evaluation: SubmittedEvaluation, file_id: UUID
) -> StoredFile:
    """A file of evidence that the visitor may read; raises NotFound."""
    if not (evaluation.evidence_public or _reads_all(visitor, app)):
        raise NotFound
    with as_tenant(session, evaluation.tenant_id):
        return get_evidence(session, access_evaluation(session, evaluation.id), file_id)


def _of_who_takes_part() -> ColumnElement[bool]:
    gone = select(Municipality.id).where(Municipality.status == "suspended")
    return SubmittedEvaluation.tenant_id.not_in(gone)


def _reads_all(visitor: Visitor, app: App) -> bool:
    return visitor.is_curator or visitor.is_operator or app.publisher_id in visitor.publishers
