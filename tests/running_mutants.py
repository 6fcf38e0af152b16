"""Packages that were changed at random and passed the check all the same, put to work and looked at by everybody."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.model import Definition
from app_catalog.definitions.source import Source, pack_source
from app_catalog.releases.reading import Package, PackageRefused, read_package_source
from app_catalog.releases.scenarios import ScenarioReport, trying_with
from app_runtime.previewing.founding import SLUG, Founded, found
from app_runtime.records.models import Record
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db import use_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tests.browsing import Browser, browse
from tests.mutated_packages import mutants, sources

Sessions = scoped_session[Session]
BROKEN = "The engine failed"
HOST = f"{SLUG}.lumbung.test"


class _Untried:
    """Lets every package pass: a changed one is seldom what its scenarios expect, and shall run all the same."""

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport:
        return ScenarioReport()


def accepted_mutants(chance: random.Random, count: int) -> Iterator[tuple[str, Package]]:
    """So many changed packages that passed the check, each with what was changed."""
    accepted = 0
    while accepted < count:
        [(told, source, _)] = mutants(chance.choice(sources()), chance, 1)
        package = _read(source, told)
        if package is not None:
            accepted += 1
            yield told, package


def run_accepted(
    app: LumbungFlask, session: Sessions, empty_database: Callable[[], None], chance: random.Random, count: int
) -> tuple[int, int]:
    """Put so many accepted mutants to work; gives how many could be enabled, and how many pages answered.

    Fails when a scenario breaks the engine or a page breaks, with what had been changed.
    """
    enabled = answered = 0
    for told, package in accepted_mutants(chance, count):
        try:
            assert broken_scenarios(session, package) == []
            session.rollback()
            founded = put_to_work(app, session, package)
            if founded is not None:
                enabled += 1
                answered += look_at_everything(app, session, package, founded)
        except Exception as error:
            error.add_note(told)
            raise
        use_tenant(session, None)
        session.rollback()
        session.remove()
        empty_database()
    return enabled, answered


def broken_scenarios(session: AnySession, package: Package) -> list[str]:
    """The scenarios of a package that the engine could not play; those that only end otherwise are none."""
    report = EngineRunner().run(session, package.definition)
    return [result.id for result in report.results if any(BROKEN in failure.en for failure in result.failures)]


def put_to_work(app: Flask, session: Sessions, package: Package) -> Founded | None:
    """The app enabled in a municipality with its examples as records, committed; None where it says what it lacks.

    The database is empty before.
    """
    try:
        with trying_with(app, _Untried()):
            founded = found(session, package.definition, pack_source(package.source))
    except LumbungError:
        session.rollback()
        return None
    assert not isinstance(founded, PackageRefused)
    session.commit()
    return founded


def look_at_everything(app: LumbungFlask, session: Sessions, package: Package, founded: Founded) -> int:
    """Open every page as everybody; gives how many answered. Fails when one of them breaks."""
    pages = [f"/{founded.slug}/{page}" for page in package.definition.pages]
    records = session.execute(select(Record.id, Record.record_type).limit(5)).all()
    inbox = [f"/work/{founded.slug}/{record_id}" for record_id, _ in records]
    lists = [
        f"/api/v1/{founded.slug}/{kind}{end}" for kind in package.definition.records for end in ("", "/export.csv")
    ]
    paths = ["/", *pages, *lists, "/live", "/work", *inbox, f"/manage/apps/{founded.slug}"]
    answered = 0
    for visitor in _everybody(app, session, founded):
        for path in paths:
            status = visitor.get(path).status_code
            assert status < 500, f"{path} answered {status}"
            answered += status == 200
    return answered


def _everybody(app: LumbungFlask, session: Sessions, founded: Founded) -> Iterator[Browser]:
    yield browse(app, HOST)
    seen = set()
    for (role, _), visitor in founded.people.visitors.items():
        if role not in seen:
            seen.add(role)
            yield browse(app, HOST, session.get_one(Account, visitor.account_id))


def _read(source: Source, told: str) -> Package | None:
    try:
        read = read_package_source(source)
    except Exception as error:
        error.add_note(told)
        raise
    return read if isinstance(read, Package) else None
