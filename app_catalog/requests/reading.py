"""What everybody may read of requests: lists with support and state, one in full, the roadmap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import semver
from sqlalchemy import ColumnElement, Select, Subquery, Uuid, bindparam, func, select, union

from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest, RequestDecision, RequestVote
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound

PAGE = 30
MOST_ON_ROADMAP = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A request with how many municipalities want it (who asked is one of them) and what the publisher says."""

    request: AppRequest
    decision: RequestDecision | None
    supporters: int

    @property
    def state(self) -> str:
        """One of `wording.STATES`."""
        return self.decision.state if self.decision else "open"


@dataclass(frozen=True, slots=True)
class WholeRequest:
    """One request: its standing, who wants it, what was merged into it, and what it was merged into."""

    standing: Standing
    supporters: Sequence[str]
    merged: Sequence[AppRequest]
    original: AppRequest | None


@dataclass(frozen=True, slots=True)
class Roadmap:
    """What is planned, what is being done, and what was fixed by version, the highest first."""

    planned: list[Standing]
    in_progress: list[Standing]
    fixed: list[tuple[str, list[Standing]]]


def access_listed_app(session: AnySession, slug: str) -> App:
    """An app that the catalog lists; raises NotFound."""
    found = session.scalar(
        select(App).where(App.slug == slug, App.hidden_at.is_(None), App.latest_release_id.is_not(None))
    )
    if found is None:
        raise NotFound
    return found


def list_standings(
    session: AnySession, app_id: UUID, *, kind: str = "", state: str = "", newest: bool = False, page: int = 1
) -> list[Standing]:
    """Requests about an app: those most wanted first, or the newest; one more than `PAGE` when there is a next page.

    Without a state those that were merged into others are left out.
    """
    query = _standings(app_id)
    if kind:
        query = query.where(AppRequest.kind == kind)
    query = query.where(_state() == state) if state else query.where(_state() != "duplicate")
    order: list[Any] = [AppRequest.created_at.desc(), AppRequest.id.desc()]
    if not newest:
        order.insert(0, func.coalesce(query.selected_columns.values()[-1], 0).desc())
    return _read(session, query.order_by(*order).offset((page - 1) * PAGE).limit(PAGE + 1))


def list_by_ids(session: AnySession, app_id: UUID, ids: Sequence[UUID]) -> list[Standing]:
    """These requests about an app, the oldest first."""
    return _read(session, _standings(app_id).where(AppRequest.id.in_(ids)).order_by(AppRequest.created_at))


def list_of_evaluation(session: AnySession, app_id: UUID, evaluation_id: UUID) -> list[Standing]:
    """The requests that came from an evaluation, in its order."""
    query = _standings(app_id).where(AppRequest.evaluation_id == evaluation_id)
    return _read(session, query.order_by(AppRequest.created_at, AppRequest.id))


def count_states(session: AnySession, app_id: UUID) -> dict[str, int]:
    """How many requests about an app are in each state."""
    return dict(session.execute(states_of_requests(), {"app_id": app_id}).all())


@cache
def states_of_requests() -> Select[str, int]:
    """The statement behind `count_states`, for the app that is given as `app_id`."""
    state = _state().label("state")
    return (
        select(state, func.count())
        .select_from(AppRequest)
        .outerjoin(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .where(AppRequest.app_id == bindparam("app_id", type_=Uuid()))
        .group_by(state)
        .order_by(state)
    )


def get_request(session: AnySession, app_id: UUID, request_id: UUID) -> WholeRequest:
    """One request about an app; raises NotFound."""
    found = _read(session, _standings(app_id).where(AppRequest.id == request_id))
    if not found:
        raise NotFound
    decision = found[0].decision
    merged = select(RequestDecision.request_id).where(RequestDecision.duplicate_of == request_id)
    original = decision.duplicate_of if decision else None
    return WholeRequest(
        standing=found[0],
        supporters=session.scalars(
            select(RequestVote.municipality_name)
            .where((RequestVote.request_id == request_id) | RequestVote.request_id.in_(merged))
            .union(
                select(AppRequest.municipality_name).where(
                    (AppRequest.id == request_id) | AppRequest.id.in_(merged), AppRequest.app_id == app_id
                )
            )
            .order_by("municipality_name")
        ).all(),
        merged=session.scalars(select(AppRequest).where(AppRequest.app_id == app_id, AppRequest.id.in_(merged))).all(),
        original=session.scalar(select(AppRequest).where(AppRequest.app_id == app_id, AppRequest.id == original))
        if original
        else None,
    )


def read_roadmap(session: AnySession, app_id: UUID) -> Roadmap:
    """The roadmap of an app, each part by how much it is wanted."""
    query = _standings(app_id).where(RequestDecision.state.in_(("planned", "in_progress", "fixed")))
    wanted = func.coalesce(query.selected_columns.values()[-1], 0).desc()
    found = _read(session, query.order_by(wanted, AppRequest.created_at).limit(MOST_ON_ROADMAP))
    fixed: dict[str, list[Standing]] = {}
    for standing in found:
        if standing.decision and standing.decision.fixed_version:
            fixed.setdefault(standing.decision.fixed_version, []).append(standing)
    return Roadmap(
        planned=[one for one in found if one.state == "planned"],
        in_progress=[one for one in found if one.state == "in_progress"],
        fixed=sorted(fixed.items(), key=lambda pair: semver.Version.parse(pair[0]), reverse=True),
    )


def supporting(app_id: UUID | None = None) -> Subquery:
    """`root` and `tenant_id` of everybody who wants something (about one app): each municipality once for each root.

    The root of a duplicate is what it was merged into, so that votes of both count once.
    """
    asked = select(_root(AppRequest.id).label("root"), AppRequest.tenant_id.label("tenant_id")).outerjoin(
        RequestDecision, RequestDecision.request_id == AppRequest.id
    )
    voted = select(_root(RequestVote.request_id), RequestVote.tenant_id).outerjoin(
        RequestDecision, RequestDecision.request_id == RequestVote.request_id
    )
    if app_id is not None:
        asked, voted = asked.where(AppRequest.app_id == app_id), voted.where(RequestVote.app_id == app_id)
    return union(asked, voted).subquery("supporting")


def _standings(app_id: UUID) -> Select[AppRequest, RequestDecision, int]:
    each = supporting(app_id)
    counted = select(each.c.root, func.count().label("number")).group_by(each.c.root).subquery("counted")
    return (
        select(AppRequest, RequestDecision, counted.c.number)
        .outerjoin(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .outerjoin(counted, counted.c.root == AppRequest.id)
        .where(AppRequest.app_id == app_id)
    )


def _read(session: AnySession, query: Select[AppRequest, RequestDecision, int]) -> list[Standing]:
    return [Standing(request, decision, number or 0) for request, decision, number in session.execute(query)]


def _root(request_id: Any) -> ColumnElement[UUID]:
    return func.coalesce(RequestDecision.duplicate_of, request_id)


def _state() -> ColumnElement[str]:
    return func.coalesce(RequestDecision.state, "open")
