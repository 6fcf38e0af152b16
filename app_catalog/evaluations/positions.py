"""Where a municipality stands among those that have published evaluations of an app, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy import extract, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.sections import RegionSection

LEAST_PUBLISHED: Final = 3
"""A place is told from so many municipalities on."""


@dataclass(frozen=True, slots=True)
class Position:
    """The year in which the judged period ended, the weighted total from 1 to 5, and the place among `number`
    municipalities; None where too few have published. Equal totals share a place."""

    year: int
    total: float
    place: int | None
    number: int


def list_positions(session: AnySession, municipality: Municipality) -> list[tuple[App, list[Position]]]:
    """The municipality's published totals by listed app, the oldest year first; its newest evaluation of a year counts.

    Only what municipalities have published is looked at, and only of those that take part now.
    """
    year = extract("year", SubmittedEvaluation.period_end)
    own = select(SubmittedEvaluation.app_id).where(SubmittedEvaluation.tenant_id == municipality.id)
    newest = (
        select(
            SubmittedEvaluation.tenant_id,
            SubmittedEvaluation.app_id,
            year.label("year"),
            SubmittedEvaluation.mean_score.label("total"),
        )
        .join(Municipality, Municipality.id == SubmittedEvaluation.tenant_id)
        .where(SubmittedEvaluation.app_id.in_(own), Municipality.status != "suspended")
        .ext(distinct_on(SubmittedEvaluation.tenant_id, SubmittedEvaluation.app_id, year))
        .order_by(
            SubmittedEvaluation.tenant_id,
            SubmittedEvaluation.app_id,
            year,
            SubmittedEvaluation.period_end.desc(),
            SubmittedEvaluation.submitted_at.desc(),
        )
        .subquery()
    )
    same = (newest.c.app_id, newest.c.year)
    placed = select(
        *newest.c,
        func.rank().over(partition_by=same, order_by=newest.c.total.desc()).label("place"),
        func.count().over(partition_by=same).label("number"),
    ).subquery()
    rows = session.execute(
        select(App, placed.c.year, placed.c.total, placed.c.place, placed.c.number)
        .join(placed, placed.c.app_id == App.id)
        .where(placed.c.tenant_id == municipality.id, App.hidden_at.is_(None))
        .order_by(App.slug, placed.c.year)
    )
    return [
        (
            app,
            [
                Position(int(year), total, place if number >= LEAST_PUBLISHED else None, number)
                for _, year, total, place, number in found
            ],
        )
        for app, found in groupby(rows, key=lambda row: row[0])
    ]


def positions_section(session: AnySession, municipality: Municipality) -> RegionSection | None:
    """A region's published evaluations over the years; None when it has published none."""
    found = list_positions(session, municipality)
    if not found:
        return None
    return RegionSection(
        title=Text("Evaluasi dari tahun ke tahun", "Evaluations over the years"),
        template="evaluations/region_positions.html",
        values={"positions": found, "least": LEAST_PUBLISHED},
        order=40,
    )
