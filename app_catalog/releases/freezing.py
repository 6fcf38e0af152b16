"""Writing a release: rows are only ever added, and a version number is used once."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app_catalog.catalog.categories import category_name
from app_catalog.definitions.model import Definition
from app_catalog.definitions.problems import Problem
from app_catalog.definitions.signing import Signature
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.releases.models import App, Release, ReleaseFile
from app_catalog.releases.reading import Package, problem_json
from app_catalog.releases.scenarios import ScenarioReport
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict
from lumbung.i18n import Text

_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


def find_or_add_app(session: AnySession, publisher: Publisher, definition: Definition) -> App:
    """The catalog's entry of the package's id, made when it is new.

    Until the transaction ends nobody hands it over or sends another release of it. Raises Conflict when the id belongs
    to another publisher.
    """
    app = _lock_app(session, definition.id)
    if app is None:
        app = App(slug=definition.id, publisher_id=publisher.id, latest_release_id=None)
        describe_app(app, definition, publisher)
        try:
            with session.begin_nested():
                session.add(app)
        except IntegrityError as error:
            if violated_constraint(error) != "uq_apps_slug":
                raise
            app = _lock_app(session, definition.id)
    if app is None or app.publisher_id != publisher.id:
        raise _foreign(definition.id)
    _require_package(app)
    return app


def find_own_release(session: AnySession, publisher: Publisher, definition: Definition) -> Release | None:
    """The publisher's release with the version of this package, None when it is new.

    Raises Conflict when the id belongs to another publisher.
    """
    app = _find_app(session, definition.id)
    if app is None:
        return None
    if app.publisher_id != publisher.id:
        raise _foreign(definition.id)
    _require_package(app)
    return find_release(session, app.id, definition.version)


def _require_package(app: App) -> None:
    if app.kind != "package":
        raise Conflict(
            Text(
                "Id “{id}” milik sebuah daftar di katalog, bukan paket. Pilih id lain di app.yaml.",
                "The id “{id}” is a listing’s in the catalog, not a package’s. Choose another id in app.yaml.",
            ).format(id=app.slug)
        )


def describe_app(app: App, definition: Definition, publisher: Publisher) -> None:
    """Let the catalog's texts be those of this release."""
    described: dict[str, Any] = dict(definition.publiccode.get("description", {}))
    app.category = definition.category
    app.audience = definition.audience
    app.name = dict(definition.name)
    app.summary = {lang: texts.get("shortDescription", "") for lang, texts in described.items()}
    app.description = {lang: texts.get("longDescription", "") for lang, texts in described.items()}
    words = [definition.id, *app.name.values(), *app.summary.values(), publisher.name]
    words += [feature for texts in described.values() for feature in texts.get("features", [])]
    category = category_name(definition.category)
    app.search_text = " ".join([*words, category.id, category.en]).casefold()


def find_release(session: AnySession, app_id: UUID, version: str) -> Release | None:
    """The release of an app with this version."""
    return session.scalar(select(Release).where(Release.app_id == app_id, Release.version == version))


def same_or_conflict(release: Release, digest: str) -> Release:
    """The release, when it has this very content. Raises Conflict when its content is another."""
    if release.digest != digest:
        raise Conflict(
            Text(
                "Versi {version} sudah terbit dengan isi lain, dan isi sebuah versi tidak pernah diganti. "
                "Naikkan `version` di app.yaml lalu kirim lagi.",
                "Version {version} exists with other content, and a version is never changed. "
                "Raise `version` in app.yaml and send it again.",
            ).format(version=release.version)
        )
    return release


def freeze(
    session: AnySession,
    app: App,
    package: Package,
    *,
    key: SigningKey,
    signature: Signature,
    scenarios: ScenarioReport,
    findings: Sequence[Problem],
    channel: str,
    account_id: UUID | None,
) -> tuple[Release, bool]:
    """The release as written, and whether it is new; of several writers of one version exactly one is.

    Raises Conflict when the version exists with other content.
    """
    definition = package.definition
    release = Release(
        app_id=app.id,
        version=definition.version,
        digest=definition.digest,
        canonical=package.canonical,
        signature=b64encode(signature.value).decode(),
        signing_key_id=key.id,
        published_by=account_id,
        changelog=definition.changelog,
        report=_report(package, scenarios, findings),
        channel=channel,
    )
    try:
        with session.begin_nested():
            session.add(release)
    except IntegrityError as error:
        if violated_constraint(error) not in {"uq_releases_app_id_version", "uq_releases_app_id_digest"}:
            raise
        winner = find_release(session, app.id, definition.version)
        if winner is None:
            raise
        return same_or_conflict(winner, definition.digest), False
    _keep_files(session, release, package)
    return release, True


def _foreign(app_id: str) -> Conflict:
    return Conflict(
        Text(
            "Id aplikasi “{id}” sudah milik penerbit lain. Pilih id lain di app.yaml.",
            "The app id “{id}” belongs to another publisher. Choose another in app.yaml.",
        ).format(id=app_id)
    )


def _lock_app(session: AnySession, slug: str) -> App | None:
    # Whoever refers to the app (who enables or judges it) does not wait for that.
    found = select(App).where(App.slug == slug).with_for_update(key_share=True)
    return session.scalar(found.execution_options(populate_existing=True))


def _find_app(session: AnySession, slug: str) -> App | None:
    return session.scalar(select(App).where(App.slug == slug))


def content_type_of(path: str) -> str:
    """The type under which a file of a package is served, by its ending."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    return _TYPES.get(suffix, "text/plain; charset=utf-8")


def _keep_files(session: AnySession, release: Release, package: Package) -> None:
    for path, digest in package.definition.files.items():
        session.add(
            ReleaseFile(
                release_id=release.id,
                path=path,
                digest=digest,
                content_type=content_type_of(path),
                data=package.source.files[path],
            )
        )
    session.flush()


def _report(package: Package, scenarios: ScenarioReport, findings: Sequence[Problem]) -> dict[str, Any]:
    report: dict[str, Any] = {
        "warnings": [problem_json(problem) for problem in package.report.warnings],
        "findings": [problem_json(problem) for problem in findings],
        "scenarios": [result.as_json() for result in scenarios.results],
    }
    # Through JSON once, so that what is read back later equals what was written.
    copied: dict[str, Any] = json.loads(json.dumps(report))
    return copied
