"""Apps as what can be sponsored; their use, and that of municipalities and the platform, by published figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, func, or_, select

from app_catalog.deprecations.reading import list_deprecated, of_app
from app_catalog.figures.models import PublishedFigures
from app_catalog.figures.reading import HANDLED
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, pick
from lumbung.money.receipts import JAKARTA
from lumbung.money.subjects import names_subjects
from tenants.municipalities.models import Municipality
from tenants.plans.models import ProgrammeMember
from tenants.sponsorships.targets import MOST_FOUND, Target
from tenants.sponsorships.use import Use


class Apps:
    """Packages of the catalog, by their slug."""

    label = Text("Aplikasi", "Apps")

    def find(self, session: AnySession, key: str) -> Target | None:
        app = session.scalars(select(App).where(App.slug == key, *_LISTED)).one_or_none()
        return None if app is None else _targets(session, [app])[0]

    def search(self, session: AnySession, words: str) -> Sequence[Target]:
        query = select(App).where(*_LISTED).order_by(App.slug).limit(MOST_FOUND)
        if words:
            query = query.where(func.lower(App.search_text).contains(words.lower(), autoescape=True))
        return [one for one in _targets(session, session.scalars(query).all()) if one.closed is None]

    def describe(self, session: AnySession, ids: Collection[str]) -> Mapping[str, Target]:
        apps = session.scalars(select(App).where(App.slug.in_(ids), App.hidden_at.is_(None))).all()
        return {one.id: one for one in _targets(session, apps)}


_LISTED = (App.kind == "package", App.latest_release_id.is_not(None), App.hidden_at.is_(None))


def _targets(session: AnySession, apps: Sequence[App]) -> list[Target]:
    deprecated = list_deprecated(session, [app.id for app in apps]) if apps else []
    return [_target(app, of_app(one for one in deprecated if one.app_id == app.id) is not None) for app in apps]


def _target(app: App, deprecated: bool) -> Target:
    name = Text.of(app.name)
    closed = None
    if app.latest_release_id is None:
        closed = Text("{app} sudah ditarik dari katalog.", "{app} was taken out of the catalog.").format(app=name)
    elif deprecated:
        closed = Text("{app} sedang dihentikan penerbitnya.", "{app} is being retired by its publisher.").format(
            app=name
        )
    return Target(
        kind="app",
        id=app.slug,
        key=f"app:{app.slug}",
        name=name,
        purpose=Text("Aplikasi {app}", "The app {app}").format(app=name),
        href=f"/apps/{app.slug}" if app.latest_release_id is not None else None,
        closed=closed,
    )


@names_subjects("app")
def name_apps(session: AnySession, ids: Sequence[str] | None) -> Mapping[str, str]:
    """What the books call apps, by their slugs."""
    query = select(App.slug, App.name).where(*(_LISTED if ids is None else (App.slug.in_(ids),)))
    return {slug: pick(name) for slug, name in session.execute(query)}


class PublishedUse:
    """What municipalities have published, added up; those of suspended ones are left out."""

    def read(self, session: AnySession, *, kind: str, target_id: str, since: date, until: date) -> Use | None:
        matching = _matching(kind, target_id)
        if matching is None:
            return None
        row = session.execute(
            select(
                func.coalesce(func.sum(PublishedFigures.created), 0),
                func.coalesce(func.sum(HANDLED), 0),
                func.coalesce(func.sum(PublishedFigures.due), 0),
                func.coalesce(func.sum(PublishedFigures.in_time), 0),
                func.count(func.distinct(PublishedFigures.tenant_id)),
                func.count(func.distinct(PublishedFigures.app_id)),
            )
            .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
            .where(
                Municipality.status != "suspended",
                PublishedFigures.version == "",
                PublishedFigures.record_type == "",
                PublishedFigures.month.between(since, until),
                *matching,
            )
        ).one()
        received, handled, due, in_time, municipalities, apps = map(int, row)
        if not municipalities:
            return None
        return Use(
            since=since,
            until=until,
            received=received,
            handled=handled,
            due=due,
            in_time=in_time,
            municipalities=municipalities,
            apps=apps,
        )


def _month_of(moment: Any) -> ColumnElement[date]:
    return cast(func.date_trunc("month", func.timezone(str(JAKARTA), moment)), Date)


def _matching(kind: str, target_id: str) -> Sequence[ColumnElement[bool]] | None:
    """Which figures are those of a target; None for a kind that has none."""
    match kind:
        case "app":
            return (PublishedFigures.app_id.in_(select(App.id).where(App.slug == target_id)),)
        case "municipality":
            return (PublishedFigures.tenant_id == UUID(target_id),)
        case "programme":
            # Of each municipality the months in which it was in the programme, and no others.
            member = select(ProgrammeMember.id).where(
                ProgrammeMember.programme_id == UUID(target_id),
                ProgrammeMember.municipality_id == PublishedFigures.tenant_id,
                _month_of(ProgrammeMember.added_at) <= PublishedFigures.month,
                or_(ProgrammeMember.left_at.is_(None), _month_of(ProgrammeMember.left_at) >= PublishedFigures.month),
            )
            return (member.exists(),)
        case "platform":
            return ()
        case _:
            return None
