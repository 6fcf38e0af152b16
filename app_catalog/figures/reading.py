"""What municipalities have published: of one of them, and of an app over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import semver
from sqlalchemy import ColumnElement, Numeric, Select, Uuid, bindparam, cast, func, select

from app_catalog.figures.models import PublishedFigures
from app_catalog.installations.models import Adoption
from app_catalog.releases.models import App
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from tenants.municipalities.models import Municipality

TRULY_USED: Final = 5
"""So many records answered or closed in the last full month make an app truly used in a municipality: what merely
arrives is no use."""
HANDLED: Final[ColumnElement[int]] = func.greatest(PublishedFigures.answered, PublishedFigures.closed)
"""The published number that is held against `TRULY_USED`."""
MONTHS_SHOWN: Final = 13
MONTHS_ON_PAGE: Final = 24
"""So many months a municipality's own page shows of each app; its files have them all."""
LEAST_MUNICIPALITIES: Final = 3
LEAST_RECORDS: Final = 30
"""Fewer say nothing about a version, only about who runs it."""
LEAST_RATINGS: Final = 30
"""The same for what citizens say about it."""
_HUB_ZONE = ZoneInfo("Asia/Jakarta")
_WHOLE = (PublishedFigures.version == "", PublishedFigures.record_type == "")


@dataclass(frozen=True, slots=True)
class AppMonth:
    """A month of an app over all municipalities that publish its figures; `used` of these truly used it. `people` and
    `agencies` add up those of the `staffed` municipalities that may tell them; `rating_mean` is that of the `rated`
    ratings that may be told, None without any."""

    month: date
    municipalities: int
    used: int
    created: int
    closed: int
    due: int
    in_time: int
    staffed: int
    people: int
    agencies: int
    rated: int
    rating_mean: float | None


@dataclass(frozen=True, slots=True)
class VersionOutcome:
    """What a version achieved in full months. `close_seconds` is the mean of the municipalities' monthly medians,
    weighted by what they closed; None where nothing is told. `rated` counts the ratings that may be told, of `rating`
    municipalities. `comparable` says whether there is enough to compare, `satisfaction` is their mean where that is
    enough too."""

    version: str
    municipalities: int
    created: int
    closed: int
    due: int
    in_time: int
    close_seconds: int | None
    rating: int
    rated: int
    rating_mean: float | None

    @property
    def satisfaction(self) -> float | None:
        """The mean rating on the scale of five; None where too few municipalities or ratings stand behind it."""
        enough = self.rating >= LEAST_MUNICIPALITIES and self.rated >= LEAST_RATINGS
        return self.rating_mean if enough else None

    @property
    def comparable(self) -> bool:
        """Whether enough municipalities and records stand behind it."""
        return self.municipalities >= LEAST_MUNICIPALITIES and self.created >= LEAST_RECORDS


@dataclass(frozen=True, slots=True)
class AppFigures:
    """The figures of an app on the hub. `enabled` municipalities say in public that they run it; of those that publish
    figures some truly used it in `last_month`, the last full one. `months` come newest first."""

    enabled: int
    publishing: int
    last_month: date
    months: list[AppMonth]
    versions: list[VersionOutcome]

    @property
    def last(self) -> AppMonth | None:
        """The last full month, if anything happened in it."""
        return next((month for month in self.months if month.month == self.last_month), None)

    @property
    def used(self) -> int:
        """How many municipalities truly used it in the last full month."""
        return self.last.used if self.last else 0

    @property
    def used_before(self) -> int:
        """How many did in the month before that."""
        before = (self.last_month - timedelta(days=1)).replace(day=1)
        return next((month.used for month in self.months if month.month == before), 0)

    @property
    def rated(self) -> int:
        """The ratings of all months shown that may be told."""
        return sum(month.rated for month in self.months)

    @property
    def rating_mean(self) -> float | None:
        """Their mean on the scale of five; None below the least number of ratings."""
        if self.rated < LEAST_RATINGS:
            return None
        total = sum(month.rating_mean * month.rated for month in self.months if month.rating_mean is not None)
        return round(total / self.rated, 2)

    @property
    def compared(self) -> list[VersionOutcome]:
        """The versions that may be held against each other; none while fewer than two may."""
        found = [version for version in self.versions if version.comparable]
        return found if len(found) > 1 else []


def list_recent(session: AnySession, tenant_id: UUID) -> Sequence[Any]:
    """What a municipality has published of the last `MONTHS_ON_PAGE` months in which each app has figures, in the order
    of `list_published`."""
    newest = (
        select(PublishedFigures.app_id, func.max(PublishedFigures.month).label("month"))
        .where(PublishedFigures.tenant_id == tenant_id)
        .group_by(PublishedFigures.app_id)
        .subquery()
    )
    query = _published(tenant_id).join(newest, newest.c.app_id == PublishedFigures.app_id)
    return session.execute(
        query.where(PublishedFigures.month > newest.c.month - func.make_interval(0, MONTHS_ON_PAGE))
    ).all()


def list_published(session: AnySession, tenant_id: UUID, slug: str) -> Sequence[Any]:
    """All that a municipality has published of an app: the newest month first, the whole before its parts."""
    return session.execute(_published(tenant_id).where(App.slug == slug)).all()


def _published(tenant_id: UUID) -> Select[PublishedFigures, App]:
    return (
        select(PublishedFigures, App)
        .join(App, App.id == PublishedFigures.app_id)
        .where(PublishedFigures.tenant_id == tenant_id)
        .order_by(App.slug, PublishedFigures.month.desc(), PublishedFigures.version, PublishedFigures.record_type)
    )


def find_listed_app(session: AnySession, slug: str) -> App:
    """A listed app. Raises NotFound when there is none by this id."""
    app = session.scalar(
        select(App).where(App.slug == slug, App.latest_release_id.is_not(None), App.hidden_at.is_(None))
    )
    if app is None:
        raise NotFound
    return app


def read_app_figures(session: AnySession, app_id: UUID) -> AppFigures:
    """The figures of an app from what municipalities have published; those of suspended ones are left out."""
    enabled, publishing = session.execute(publishing_of_app(), {"app_id": app_id}).one()
    return figures_of(session, app_id, enabled=enabled or 0, publishing=publishing or 0)


def figures_of(session: AnySession, app_id: UUID, *, enabled: int, publishing: int) -> AppFigures:
    """As `read_app_figures`, where it has been counted already who runs the app and who publishes its figures."""
    months = _months(session, app_id) if publishing else []
    return AppFigures(
        enabled=enabled,
        publishing=publishing,
        last_month=last_full_month(),
        months=months,
        versions=_versions(session, app_id) if months else [],
    )


def last_full_month() -> date:
    """The first day of the last month that is over, as the hub counts days."""
    present = now().astimezone(_HUB_ZONE).date().replace(day=1)
    return (present - timedelta(days=1)).replace(day=1)


@cache
def publishing_of_app() -> Select[int | None, int | None]:
    """The statement for how many run the app that is given as `app_id`, and how many publish its figures."""
    app_id = bindparam("app_id", type_=Uuid())
    enabled = (
        select(func.count())
        .select_from(Adoption)
        .join(Municipality, Municipality.id == Adoption.tenant_id)
        .where(Adoption.app_id == app_id, Adoption.ended_at.is_(None), Municipality.status != "suspended")
    )
    publishing = (
        select(func.count(func.distinct(PublishedFigures.tenant_id)))
        .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
        .where(PublishedFigures.app_id == app_id, Municipality.status != "suspended")
    )
    return select(enabled.scalar_subquery(), publishing.scalar_subquery())


def _months(session: AnySession, app_id: UUID) -> list[AppMonth]:
    rows = session.execute(
        select(
            PublishedFigures.month,
            func.count(),
            func.count().filter(HANDLED >= TRULY_USED),
            *(
                cast(func.sum(column), Numeric)
                for column in (
                    PublishedFigures.created,
                    PublishedFigures.closed,
                    PublishedFigures.due,
                    PublishedFigures.in_time,
                )
            ),
            func.count(PublishedFigures.people),
            *(
                cast(func.coalesce(func.sum(column), 0), Numeric)
                for column in (PublishedFigures.people, PublishedFigures.agencies, PublishedFigures.rated)
            ),
            _mean_rating(),
        )
        .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
        .where(*_shown(app_id), *_WHOLE)
        .group_by(PublishedFigures.month)
        .order_by(PublishedFigures.month.desc())
        .limit(MONTHS_SHOWN)
    )
    return [AppMonth(*[month, *map(int, counts), _rounded(mean)]) for month, *counts, mean in rows]


def _mean_rating() -> ColumnElement[Any]:
    """The mean over municipalities, each by the number of its ratings."""
    return func.sum(PublishedFigures.rating_mean * PublishedFigures.rated) / func.nullif(
        func.sum(PublishedFigures.rated), 0
    )


def _rounded(mean: Any) -> float | None:
    return None if mean is None else round(float(mean), 2)


def _versions(session: AnySession, app_id: UUID) -> list[VersionOutcome]:
    timed = PublishedFigures.close_median.is_not(None)
    weight = func.sum(PublishedFigures.closed).filter(timed)
    rows = session.execute(
        select(
            PublishedFigures.version,
            func.count(func.distinct(PublishedFigures.tenant_id)),
            func.sum(PublishedFigures.created),
            func.sum(PublishedFigures.closed),
            func.sum(PublishedFigures.due),
            func.sum(PublishedFigures.in_time),
            func.sum(PublishedFigures.close_median * PublishedFigures.closed).filter(timed) / func.nullif(weight, 0),
            func.count(func.distinct(PublishedFigures.tenant_id)).filter(PublishedFigures.rated.is_not(None)),
            func.coalesce(func.sum(PublishedFigures.rated), 0),
            _mean_rating(),
        )
        .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
        .where(*_shown(app_id), PublishedFigures.version != "", PublishedFigures.month <= last_full_month())
        .group_by(PublishedFigures.version)
    )
    outcomes = [
        VersionOutcome(
            version=version,
            municipalities=int(municipalities),
            created=int(created),
            closed=int(closed),
            due=int(due),
            in_time=int(in_time),
            close_seconds=None if seconds is None else round(seconds),
            rating=int(rating),
            rated=int(rated),
            rating_mean=_rounded(mean),
        )
        for version, municipalities, created, closed, due, in_time, seconds, rating, rated, mean in rows
    ]
    return sorted(outcomes, key=lambda one: semver.Version.parse(one.version), reverse=True)


def _shown(app_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return PublishedFigures.app_id == app_id, Municipality.status != "suspended"
