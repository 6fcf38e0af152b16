"""Publishes the packages that come along, enables them where they run, and lets their records happen."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.scenarios import ScenarioReport, ScenarioResult, trying_with
from app_catalog.releases.shelves import approve_release
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import publish_folder
from app_runtime.demonstration.founding import Founded, add_operator
from app_runtime.demonstration.living import Life, Story
from app_runtime.demonstration.publishing import BUNDLED, PackageUnfit
from app_runtime.demonstration.script import ADMIN
from app_runtime.demonstration.services.script import CITIZEN, Item, Service, Step
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.agency_tree import load_agencies
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.web.access import ANONYMOUS

_BEFORE = timedelta(days=45)


class _ProvedAlready:
    """Packages that come along passed their scenarios before this source was delivered; a demonstration that ran all
    of them again would keep people waiting for half a minute."""

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport:
        """Every scenario, as passed."""
        return ScenarioReport(tuple(ScenarioResult(one.id, one.name, True) for one in definition.scenarios.values()))


def open_services(session: AnySession, founded: Founded, services: list[Service], *, until: datetime) -> None:
    """The city publishes these packages, runs them, and a month of their records happens.

    Raises PackageUnfit when a package is refused.
    """
    for service in services:
        with set_clock(until - _BEFORE):
            release = _publish(session, founded, service.package)
        with as_tenant(session, founded.id):
            with set_clock(until - _BEFORE + timedelta(hours=1)):
                installation = enable_app(
                    session,
                    app=session.get_one(App, release.app_id),
                    release=release,
                    overrides=dict(service.overrides),
                    account_id=founded.visitor(founded.city.with_role(ADMIN)).account_id,
                )
            _live(session, founded, installation, service, until=until)


def _publish(session: AnySession, founded: Founded, package: str) -> Release:
    publisher = session.scalars(select(Publisher).where(Publisher.slug == founded.city.slug)).one()
    admin = founded.visitor(founded.city.with_role(ADMIN))
    with trying_with(current_app, _ProvedAlready()):
        release = publish_folder(session, publisher, BUNDLED / package, account_id=admin.account_id)
    if isinstance(release, PackageRefused):
        raise PackageUnfit(str(release))
    event = newest_event(session, release.id)
    if event is not None and event.kind == "submitted":
        # A name that is like another one waits for a curator, who lets it pass here.
        approve_release(session, release.id, account_id=add_operator(session).id)
    return release


def _live(
    session: AnySession, founded: Founded, installation: Installation, service: Service, *, until: datetime
) -> None:
    chance = random.Random(service.package)  # noqa: S311 - always the same.
    # A page of messages that nobody reads would take as long as all that they tell of.
    life = Life(session, founded, installation, until, chance, quiet=True)
    numbers: dict[str, str] = {}
    for item in service.items:
        life.begin(_story(life, item, numbers), until - timedelta(days=item.days))
    life.run()


def _story(life: Life, item: Item, numbers: dict[str, str]) -> Story:
    values: dict[str, Any] = {
        name: numbers[value[1:]] if isinstance(value, str) and value[1:] in numbers else value
        for name, value in item.values.items()
    }
    if item.spot is not None:
        spot = life.founded.city.spots[item.spot]
        values["place"] = [spot.lon, spot.lat]
    created = create_record(life.session, life.installation, _who(life, item.who), item.record, values, channel="api")
    if item.names and created.record.number:
        numbers[item.names] = created.record.number
    for step in item.steps:
        yield life.later(step.hours, step.hours + 1)
        record = _child(life, created.record, step) if step.child else created.record
        who = _who(life, step.who, code=created.tracking_code)
        take_action(life.session, record, who, step.action, dict(step.answers))


def _child(life: Life, parent: Record, step: Step) -> Record:
    agency = load_agencies(life.session).by_key[step.child]
    return life.session.scalars(
        select(Record).where(
            Record.tenant_id == parent.tenant_id, Record.parent_id == parent.id, Record.agency_id == agency.id
        )
    ).one()


def _who(life: Life, login: str, *, code: str | None = None) -> Actor:
    if login == CITIZEN:
        return actor_for(life.session, ANONYMOUS, life.installation, tracking_code=code)
    return life.actor(next(person for person in life.founded.city.people if person.login == login))
