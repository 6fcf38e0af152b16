"""What an app's stars come to: recent ones weigh more, and too few say nothing (ADR 34)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    Select,
    Subquery,
    Uuid,
    bindparam,
    case,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from app_catalog.reviews.models import HiddenReview, Review
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

HALF_LIFE = timedelta(days=365)
"""A review that was last written so long ago weighs half of one of today."""
LEAST = 3
"""Fewer reviews than these have no mean and no rank."""


@dataclass(frozen=True, slots=True)
class Rating:
    """Stars of the municipalities that run an app: the weighted mean to one decimal (None below `LEAST`), how many
    there are, and how many of each number of stars, unweighted."""

    mean: float | None
    number: int
    distribution: Mapping[int, int]


def rate_app(session: AnySession, app_id: UUID) -> Rating:
    """The rating of one app now."""
    return rating_from(session.execute(stars_of_app(), {"app_id": app_id}).all())


def rating_from(rows: Sequence[Sequence[Any]]) -> Rating:
    """What rows of `stars_of_app` come to."""
    number = sum(count for _, count, _ in rows)
    weights = sum(float(each) for _, _, each in rows)
    total = sum(stars * float(each) for stars, _, each in rows)
    counted = {stars: count for stars, count, _ in rows}
    return Rating(
        mean=round(total / weights, 1) if number >= LEAST else None,
        number=number,
        distribution={stars: counted.get(stars, 0) for stars in (5, 4, 3, 2, 1)},
    )


@cache
def stars_of_app() -> Select[int, int, float]:
    """The statement behind `rate_app`, for the app that is given as `app_id`."""
    weight = type_coerce(func.sum(_weight()), Float)
    app_id = bindparam("app_id", type_=Uuid())
    return select(Review.stars, func.count(), weight).where(Review.app_id == app_id, *counting()).group_by(Review.stars)


def ratings() -> Subquery:
    """`app_id` and `mean` of every app that has been reviewed; the mean is NULL below `LEAST`."""
    mean = func.sum(_weight() * Review.stars) / func.sum(_weight())
    return (
        select(Review.app_id, type_coerce(case((func.count() >= LEAST, mean)), Float).label("mean"))
        .where(*counting())
        .group_by(Review.app_id)
        .subquery("ratings")
    )


def mean_of(app_id: InstrumentedAttribute[UUID]) -> ColumnElement[float | None]:
    """The mean of one app inside a statement, as in `ratings`; for few apps."""
    mean = func.sum(_weight() * Review.stars) / func.sum(_weight())
    found = select(type_coerce(case((func.count() >= LEAST, mean)), Float)).where(Review.app_id == app_id, *counting())
    return found.correlate_except(Review).scalar_subquery()


def counting() -> tuple[ColumnElement[bool], ...]:
    """Conditions for reviews that count: shown, and of municipalities that run the app and take part."""
    gone = select(Municipality.id).where(Municipality.status == "suspended")
    return Review.archived_at.is_(None), Review.tenant_id.not_in(gone), shown()


def shown() -> ColumnElement[bool]:
    """The condition for reviews that no curator has hidden."""
    return Review.id.not_in(select(HiddenReview.review_id))


def _weight() -> ColumnElement[Any]:
    # The moment is asked for when the statement runs, so that a statement may be kept.
    moment = bindparam("moment", callable_=now, type_=DateTime(timezone=True), unique=True)
    age = func.greatest(func.extract("epoch", moment - Review.updated_at), 0)
    return func.power(0.5, age / HALF_LIFE.total_seconds())
