"""The public part of the monthly figures: written by consent, without what could point to a person, deleted with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import delete, insert, select

from app_catalog.figures.models import MonthlyFigures, PublishedFigures
from app_catalog.installations.models import Installation
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from tenants.municipalities.models import Municipality

MINIMUM: Final = 5
"""Fewer people, ratings or times than this are withheld: they could tell of one person (k-anonymity with k = 5)."""
_EXTENSION = "lumbung_figures_source"
_COUNTS = (
    "created", "closed", "closed_success", "reopened", "answered", "answered_in_time", "due", "in_time",
)  # fmt: skip


class FiguresSource(Protocol):
    """Reckons the monthly figures of the session's municipality and writes them into `monthly_figures`."""

    def reckon(self, session: AnySession, installation: Installation) -> None: ...


def install_figures_source(app: Flask, source: FiguresSource) -> None:
    """From now on figures are reckoned by `source`."""
    app.extensions[_EXTENSION] = source


def refresh_published(session: AnySession, installation: Installation) -> None:
    """Reckon and publish now, where the municipality agrees; delete what is published where it does not."""
    lock_consent(session, installation)
    source: FiguresSource | None = current_app.extensions.get(_EXTENSION)
    if source is not None and may_publish(installation):
        source.reckon(session, installation)
    publish_figures(session, installation)


def lock_consent(session: AnySession, installation: Installation) -> None:
    """Read what the municipality agrees to as it is now, and let it stay so until the transaction ends: whoever takes
    it back meanwhile waits, and then deletes what was published.

    Taken before the figures are reckoned, in the order of whoever changes the consent, so that neither waits for the
    other for ever.
    """
    session.scalars(
        select(Installation)
        .where(Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def may_publish(installation: Installation) -> bool:
    """Whether the municipality agrees to show the figures of every month, and runs the app."""
    agreed = installation.public_numbers and installation.figures_agreed_at is not None
    return agreed and installation.status == "enabled"


def publish_figures(session: AnySession, installation: Installation) -> None:
    """Let what is published equal the kept figures; nothing is published without consent."""
    session.execute(
        delete(PublishedFigures)
        .where(PublishedFigures.tenant_id == installation.tenant_id, PublishedFigures.app_id == installation.app_id)
        .execution_options(synchronize_session=False)
    )
    if not may_publish(installation):
        return
    municipality = session.get_one(Municipality, installation.tenant_id)
    present = now().astimezone(ZoneInfo(municipality.timezone)).date().replace(day=1)
    rows = [public_row(installation, municipality.name, row, present) for row in _kept(session, installation)]
    if rows:
        session.execute(insert(PublishedFigures), rows)


def public_row(
    installation: Installation, municipality_name: str, row: MonthlyFigures, present: date
) -> dict[str, Any]:
    """A row as it may be shown. Counts of cases are told as they are. Times need `MINIMUM` cases and a month that is
    over, because a running one could be asked day by day; people and agencies are told for the month's whole alone,
    from `MINIMUM` people on; ratings from `MINIMUM` on."""
    whole = (row.version, row.record_type) == ("", "")
    over = row.month < present
    staffed = whole and row.people >= MINIMUM
    rated = row.rated >= MINIMUM
    return {
        "tenant_id": installation.tenant_id,
        "id": new_id(),
        "app_id": installation.app_id,
        "municipality_name": municipality_name,
        "month": row.month,
        "version": row.version,
        "record_type": row.record_type,
        **{name: getattr(row, name) for name in _COUNTS},
        "answer_median": row.answer_median if over and row.answered >= MINIMUM else None,
        "close_median": row.close_median if over and row.closed >= MINIMUM else None,
        "rated": row.rated if rated else None,
        "rating_mean": row.rating_mean if rated else None,
        "people": row.people if staffed else None,
        "agencies": row.agencies if staffed else None,
        "final": row.frozen,
        "published_at": now(),
        "created_at": now(),
    }


def _kept(session: AnySession, installation: Installation) -> Sequence[MonthlyFigures]:
    return session.scalars(
        select(MonthlyFigures)
        .where(MonthlyFigures.tenant_id == installation.tenant_id, MonthlyFigures.installation_id == installation.id)
        .execution_options(populate_existing=True)
    ).all()
