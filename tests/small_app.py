"""Small packages for tests: a few lines of YAML become a whole package, which is tried by scenarios or enabled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.model import Definition
from app_catalog.definitions.problems import Report
from app_catalog.definitions.source import load_files
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import App, Release
from app_runtime.scenarios.runner import EngineRunner
from app_runtime.upgrades.mapping import Mapping as Mapped
from app_runtime.upgrades.models import RecordMove
from app_runtime.upgrades.running import run_move_step, start_move
from lumbung.db import as_tenant
from tenants.people.models import RoleGrant
from tests.next_siaran import publish_archive
from tests.world import Place, World

Sessions = scoped_session[Session]
_SIARAN = Path(__file__).resolve().parent / "packages" / "siaran-0.9.0"
_APP = """
format: 1
id: {id}
version: 1.0.0
name: {{id: Aplikasi kecil, en: Small app}}
category: letters
audience: government
requires: {{lumbung: ">=0.1,<2"}}
roles:
  clerk: {{name: {{id: Staf, en: Clerk}}}}
  chief: {{name: {{id: Pimpinan, en: Chief}}}}
  unit: {{name: {{id: Bidang, en: Unit}}, scope: agency}}
"""


def small_files(
    records: Mapping[str, str],
    *,
    app: str = "",
    app_id: str = "surat",
    messages: Mapping[str, str] | None = None,
    pages: Mapping[str, str] | None = None,
    scenarios: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The files of a package with these record types (YAML by id), `app` added to its app.yaml."""
    files = {name: (_SIARAN / name).read_bytes() for name in ("icon.svg", "README.md", "CHANGELOG.md")}
    code = (_SIARAN / "publiccode.yml").read_bytes()
    files["publiccode.yml"] = code.replace(b"0.9.0", b"1.0.0")
    files["app.yaml"] = (_APP.format(id=app_id) + dedent(app)).encode()
    folders = {"records": records, "messages": messages or {}, "pages": pages or {}, "scenarios": scenarios or {}}
    for folder, texts in folders.items():
        files |= {f"{folder}/{name}.yaml": dedent(text).encode() for name, text in texts.items()}
    return files


def report_of(files: Mapping[str, bytes]) -> Report:
    """What the checker says of a package."""
    return check_package(load_files(files))


def codes_of(files: Mapping[str, bytes], severity: str = "error") -> set[str]:
    """The slugs of a package's problems."""
    return {problem.code for problem in report_of(files).problems if problem.severity == severity}


def small_definition(files: Mapping[str, bytes]) -> Definition:
    """The compiled package; its problems are shown when it has any."""
    report = report_of(files)
    assert report.ok, [problem.format("en") for problem in report.errors][:5]
    return compile_definition(canonicalise(load_files(files)))


def failures_of(session: Sessions, files: Mapping[str, bytes], scenario: str) -> str:
    """Why a scenario (YAML, without its name) fails on a package; empty when it passes."""
    text = "name: Coba\n" + dedent(scenario).lstrip("\n")
    definition = small_definition({**files, "scenarios/try.yaml": text.encode()})
    results = EngineRunner().run(session, definition).results
    return "\n".join(failure.en for result in results if result.id == "try" for failure in result.failures)


def enable_small(
    session: Sessions,
    world: World,
    files: Mapping[str, bytes],
    *,
    place: Place | None = None,
    roles: Iterable[tuple[str, str]] = (),
    secrets: Mapping[str, str] | None = None,
    **settings: Any,
) -> Installation:
    """The package published and enabled in `place` (Tangsel), with roles of the app to people; committed."""
    place = place or world.tangsel
    release = publish_archive(session, world, write_members(dict(files)))
    app = session.get_one(App, release.app_id)
    with as_tenant(session, place.id):
        installation = enable_app(session, app=app, release=release, overrides=settings, secrets=secrets)
        session.add_all(
            RoleGrant(tenant_id=place.id, membership_id=place.members[person].id, app_id=installation.slug, role=role)
            for person, role in roles
        )
        session.commit()
    return installation


def next_small(
    session: Sessions, world: World, installation: Installation, files: Mapping[str, bytes], version: str = "1.1.0"
) -> Release:
    """The next version of an enabled package, for new records from now on; committed."""
    changed = {**files}
    for name in ("app.yaml", "publiccode.yml"):
        changed[name] = changed[name].replace(b"1.0.0", version.encode())
    release = publish_archive(session, world, write_members(changed))
    with as_tenant(session, installation.tenant_id):
        switch_version(session, installation, release)
        session.commit()
    return release


def move_small(
    session: Sessions,
    installation: Installation,
    record_type: str,
    *,
    before: str,
    after: str,
    states: tuple[str, ...],
    mapped: Mapping[str, str] | None = None,
    fields: Mapping[str, str | None] | None = None,
) -> RecordMove:
    """All records of a type moved from one definition to another by the session's municipality; committed."""
    begun = start_move(
        session,
        installation,
        record_type,
        from_digest=before,
        to_digest=after,
        states=states,
        mapping=Mapped(states=mapped or {}, fields=fields or {}),
    )
    return finish_move(session, begun)


def finish_move(session: Sessions, begun: RecordMove) -> RecordMove:
    """A move that was begun (or is taken back), done to its end; committed."""
    session.commit()
    while (move := run_move_step(session, begun.id)).status in ("running", "undoing"):
        session.commit()
    session.commit()
    session.expire_all()
    return move
