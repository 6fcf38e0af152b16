"""A package that is being written: the last version of it that holds, and what is wrong with the newest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import psycopg
from flask import g, request
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.model import Definition
from app_catalog.definitions.problems import Problem
from app_catalog.definitions.source import load_folder, pack_source
from app_catalog.releases.reading import PackageRefused, read_package_source
from app_catalog.releases.scenarios import ScenarioReport
from app_runtime.previewing.founding import Founded, found, without_values
from app_runtime.schedules.running import SCHEDULES
from lumbung.db import db, use_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, LumbungError
from lumbung.i18n import current_language
from lumbung.outbox import drain, run_periodics
from lumbung.web.access import ANONYMOUS, Visitor
from lumbung.web.sites import LumbungFlask, Site

ROLE_COOKIE = "preview_as"
# What the tables hold belongs to the version before; the database is the preview's own and thrown away with it.
_EMPTY = """
DO $$ DECLARE t record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT schemaname AS s, tablename AS n FROM pg_tables
           WHERE schemaname IN ('public', 'procrastinate') AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I.%I', t.s, t.n);
  END LOOP;
END $$
"""


class Unplayed:
    """Leaves scenarios to `lumbung app test`: whoever saves wants to see the page now."""

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport:
        """No results."""
        return ScenarioReport()


@dataclass
class Preview:
    """The state that requests and the watcher share; `lock` is held while either works.

    `problems` are those of the newest files, `failure` what else kept it from being shown; `shown` is the last good
    version, None before there was one. `count` rises whenever there is something new to look at.
    """

    folder: Path
    admin_conninfo: str
    lock: Lock = field(default_factory=Lock)
    problems: tuple[Problem, ...] = ()
    failure: str = ""
    shown: Founded | None = None
    count: int = 0
    _good: tuple[Definition, bytes] | None = None
    _seen: tuple[tuple[str, int, int], ...] = ()

    def look(self, app: LumbungFlask) -> bool:
        """Take what is in the folder when it changed since the last look; whether it did."""
        seen = self._files()
        if seen == self._seen:
            return False
        with self.lock:
            self._seen = seen
            self._take(app)
            self.count += 1
        return True

    def told(self) -> list[str]:
        """What is wrong with the newest files, a line each, for a terminal."""
        refused = self.shown.refused if self.shown else ()
        lines = [problem.format(current_language()) for problem in self.problems]
        return [*lines, *([self.failure] if self.failure else []), *refused]

    def work(self, app: LumbungFlask) -> bool:
        """Do what waits to be done, as the worker of an installation does: messages, documents, clocks, schedules;
        whether there was anything."""
        with self.lock:
            if self.shown is None:
                return False
            try:
                done = drain(app)
            except RuntimeError as error:
                self.failure = str(error)
                done = 1
            self.count += bool(done)
        return bool(done)

    def visitor(self, role: str) -> Visitor:
        """The person of a role as `role` or `role@agency`; anonymous for whoever is not there."""
        name, _, agency = role.partition("@")
        person = self.shown.people.visitors.get((name, agency)) if self.shown else None
        return person or ANONYMOUS

    def roles(self) -> list[str]:
        """Everybody whom one may look through the eyes of."""
        held = self.shown.people.visitors if self.shown else {}
        return [f"{role}@{agency}" if agency else role for role, agency in held]

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in sorted(self.folder.rglob("*")):
            try:
                state = path.stat()
            except OSError:
                continue
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(self.folder).parts):
                found.append((str(path), state.st_mtime_ns, state.st_size))
        return tuple(found)

    def _take(self, app: LumbungFlask) -> None:
        source = load_folder(self.folder)
        package = read_package_source(source)
        if isinstance(package, PackageRefused):
            self.problems, self.failure = (*package.report.errors, *package.report.warnings), ""
            return
        version = (package.definition, pack_source(source))
        shown: Founded | PackageRefused | None = None
        missing: tuple[Problem, ...] = ()
        try:
            shown = self._show(app, *version)
            self.failure = ""
        except LumbungError as error:
            missing = without_values(source, package.definition)
            # What has a place is told with it, and not twice.
            self.failure = "" if missing else _told(error)
        if isinstance(shown, Founded):
            self.shown, self._good, self.problems = shown, version, tuple(package.report.warnings)
            return
        self.problems = tuple(shown.report.problems) if shown is not None else missing
        if self._good is not None:
            again = self._show(app, *self._good)
            self.shown = again if isinstance(again, Founded) else None

    def _show(self, app: LumbungFlask, definition: Definition, archive: bytes) -> Founded | PackageRefused:
        with app.app_context():
            session = db.session
            use_tenant(session, None)
            with psycopg.connect(self.admin_conninfo, autocommit=True) as admin:
                admin.execute(_EMPTY)
            try:
                shown = found(session, definition, archive)
                session.commit()
            finally:
                session.rollback()
                session.remove()
        # From here on each schedule wakes the next.
        run_periodics(app, names=[SCHEDULES])
        drain(app)
        return shown


class PreviewIdentity:
    """Whoever looks at a preview is the person that they chose, without a password."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview

    def visitor(self, session: Session | scoped_session[Session], site: Site) -> Visitor:
        """The person of the role in the browser's cookie."""
        g.account_session_id = None
        return self.preview.visitor(request.cookies.get(ROLE_COOKIE, "")) if site.tenant else ANONYMOUS

    def sign_in_url(self, site: Site, next_path: str) -> str:
        """The list of people."""
        return "/_preview/people"


def _told(error: LumbungError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.fields.items())
    return str(error.message)
