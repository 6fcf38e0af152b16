"""What is said now about the support of apps and releases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import Select, Uuid, and_, bindparam, select
from sqlalchemy.orm import aliased

from app_catalog.deprecations.models import Deprecation
from app_catalog.releases.models import App, Release, ReleaseEvent
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text

_ZONE = ZoneInfo("Asia/Jakarta")


def today_in_jakarta() -> date:
    """The day on which it is settled whether support has ended."""
    return now().astimezone(_ZONE).date()


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A deprecation that holds, with the names that people read. Without `version` it is the whole app's."""

    id: UUID
    app_id: UUID
    release_id: UUID | None
    version: str | None
    reason: str
    until: date
    successor_version: str | None
    successor_slug: str | None
    successor_name: Mapping[str, str]
    mapping: Mapping[str, Any]

    @property
    def over(self) -> bool:
        """Whether support has ended: the day of `until` is over in Jakarta."""
        return today_in_jakarta() > self.until

    @property
    def instead(self) -> Text:
        """What to use instead, in words; empty when nothing is named."""
        if self.successor_version:
            return Text("versi {version}", "version {version}").format(version=self.successor_version)
        names = self.successor_name
        return Text(names.get("id") or names.get("en") or "", names.get("en") or names.get("id") or "")


def list_deprecated(session: AnySession, app_ids: Collection[UUID]) -> list[Deprecated]:
    """Every deprecation that holds for these apps and their releases, the earliest day first. A successor that was
    yanked, or that the catalog lists no more, is none."""
    if not app_ids:
        return []
    rows = session.execute(_deprecated(), {"app_ids": list(app_ids)})
    return [
        Deprecated(
            id=found.id,
            app_id=found.app_id,
            release_id=found.release_id,
            version=version,
            reason=found.reason,
            until=found.supported_until,
            successor_version=successor,
            successor_slug=slug,
            successor_name=dict(name or {}),
            mapping=found.mapping,
        )
        for found, version, successor, slug, name in rows
    ]


@cache
def _deprecated() -> Select[Deprecation, str, str, str, dict[str, Any]]:
    own, next_release, next_app = aliased(Release), aliased(Release), aliased(App)
    yanked = (
        select(ReleaseEvent.id)
        .where(ReleaseEvent.release_id == next_release.id, ReleaseEvent.kind == "yanked")
        .correlate(next_release)
        .exists()
    )
    app_ids = bindparam("app_ids", type_=Uuid(), expanding=True)
    return (
        select(Deprecation, own.version, next_release.version, next_app.slug, next_app.name)
        .outerjoin(own, own.id == Deprecation.release_id)
        .outerjoin(next_release, and_(next_release.id == Deprecation.successor_release_id, ~yanked))
        .outerjoin(
            next_app,
            and_(
                next_app.id == Deprecation.successor_app_id,
                next_app.hidden_at.is_(None),
                next_app.latest_release_id.is_not(None),
            ),
        )
        .where(Deprecation.app_id.in_(app_ids), Deprecation.withdrawn_at.is_(None))
        .order_by(Deprecation.supported_until, Deprecation.id)
    )


def of_release(found: Iterable[Deprecated], release_id: UUID | None) -> Deprecated | None:
    """The one that ends first for a release: its own, or that of its app."""
    return next((one for one in found if one.release_id in (None, release_id)), None)


def of_app(found: Iterable[Deprecated]) -> Deprecated | None:
    """That of the whole app."""
    return next((one for one in found if one.release_id is None), None)


def find_deprecated(session: AnySession, app_id: UUID, release_id: UUID | None) -> Deprecated | None:
    """What holds for a release and ends first, or None; with `release_id` None what holds for the whole app."""
    return of_release(list_deprecated(session, [app_id]), release_id)


def last_day(one: Deprecated) -> Text:
    """The last day of support in words."""
    return Text(format_date(one.until, "long", locale="id"), format_date(one.until, "long", locale="en"))


def ended_words(one: Deprecated) -> Text:
    """Why a version is not to be had any more, and what to use instead."""
    day = last_day(one)
    said = Text(
        f"Dukungan penerbitnya berakhir {day.id}, jadi tidak dapat diaktifkan lagi.",
        f"Its publisher’s support ended on {day.en}, so it cannot be enabled any more.",
    )
    if not one.instead.id:
        return said
    return Text(f"{said.id} Pakai {one.instead.id}.", f"{said.en} Use {one.instead.en}.")
