"""`lumbung app test`: a package's scenarios, played by the real engine on a database that is thrown away."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from werkzeug.utils import import_string

from app_catalog.definitions.model import Definition
from app_catalog.definitions.nodes import Node, locate
from app_catalog.definitions.source import Source, load_archive, load_folder
from app_catalog.releases.archives import unwrap_folder
from app_catalog.releases.reading import PackageRefused, read_package_source
from app_catalog.releases.scenarios import Failure, ScenarioReport, run_scenarios
from lumbung.db import db
from lumbung.i18n import current_language, pick, t, use_language
from lumbung.migrate.runner import upgrade
from lumbung.postgres.roles import DatabaseUrls, ensure_database
from lumbung.postgres.testing import start_suite_server, stop_suite_server
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask

_DATABASE = "scratch"


@click.command("test")
@click.argument("package", type=click.Path(exists=True, path_type=Path))
def test_command(package: Path) -> None:
    """Jalankan skenario paket. / Run the package's scenarios; exit 1 when one fails."""
    source = load_folder(package) if package.is_dir() else load_archive(unwrap_folder(package.read_bytes()))
    definition = _definition(source)
    language = current_language()
    if not definition.scenarios:
        click.echo(t("Paket ini belum punya skenario.", "This package has no scenarios yet."))
        return
    report = run_on_scratch(definition)
    use_language(language)
    print_report(report, source.documents)
    if not report.passed:
        sys.exit(1)


def run_on_scratch(definition: Definition) -> ScenarioReport:
    """The results on a fresh, throw-away database, which takes a few seconds to start.

    Raises `lumbung.postgres.errors.PostgresError` when it does not start, Unavailable when nothing runs scenarios here.
    """
    cluster, server = start_suite_server()
    try:
        with server.admin_connection() as admin:
            ensure_database(admin, _DATABASE)
        urls = server.urls(_DATABASE)
        upgrade(urls.migration)
        with TemporaryDirectory(prefix="lumbung-scenarios-") as folder:
            return _run(definition, urls, Path(folder))
    finally:
        stop_suite_server(cluster)


def print_report(report: ScenarioReport, documents: Mapping[str, Node]) -> None:
    """Print each scenario with its mark, and under a failed one what was expected, what came, and how it went.

    ``documents`` are the package's YAML trees, which know the line of each step and check.
    """
    for result in report.results:
        click.echo(f"{'✓' if result.passed else '✗'} {pick(result.name)}")
        for failure in result.failures:
            click.echo(_told(failure, f"scenarios/{result.id}.yaml", documents))
    failed = sum(not result.passed for result in report.results)
    passed = len(report.results) - failed
    click.echo(t("{passed} lulus, {failed} gagal", "{passed} passed, {failed} failed", passed=passed, failed=failed))


def _told(failure: Failure, file: str, documents: Mapping[str, Node]) -> str:
    lines = str(failure).splitlines()
    if failure.expected is not None and failure.found is not None:
        lines = [
            t("diharapkan:   {what}", "expected: {what}", what=failure.expected),
            t("yang terjadi: {what}", "result:   {what}", what=failure.found),
        ]
    if failure.part in ("when", "then"):
        node = locate(documents, file, (failure.part, str(failure.number - 1)))
        place = node if isinstance(node, str) else f"{node.file}:{node.line}"
        lines = [f"{place} ({failure.part} {failure.number})", *(f"  {line}" for line in lines)]
    return "\n".join(f"    {line}" for line in lines)


def _definition(source: Source) -> Definition:
    read = read_package_source(source)
    if isinstance(read, PackageRefused):
        for problem in read.report.problems:
            click.echo(problem.format(current_language()), err=True)
        sys.exit(1)
    return read.definition


def _run(definition: Definition, urls: DatabaseUrls, instance: Path) -> ScenarioReport:
    # By name, because the catalog must not import the one place that knows every feature.
    create_app = import_string("wsgi:create_app")
    app: LumbungFlask = create_app(
        Settings(
            database_url=urls.application,
            migration_database_url=urls.migration,
            secret_key=secrets.token_urlsafe(32),
            instance=instance,
            log_format="console",
        )
    )
    with app.app_context():
        try:
            return run_scenarios(db.session, definition)
        finally:
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()
