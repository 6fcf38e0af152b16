"""Submitting a package: checked, tried, signed and frozen in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import current_app

from app_catalog.definitions.problems import Report
from app_catalog.definitions.signing import Signature, verify_digest
from app_catalog.definitions.source import load_folder
from app_catalog.overlaps.services import overlaps_of_package
from app_catalog.publishers.keys import find_key, platform_key, public_bytes, sign_with
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.releases.findings import find_errors, find_notes, find_reasons, find_reserved, find_twins
from app_catalog.releases.freezing import (
    describe_app,
    find_or_add_app,
    find_own_release,
    freeze,
    same_or_conflict,
)
from app_catalog.releases.history import load_history
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.look_alikes import look_alikes_of
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import Package, PackageRefused, read_package_archive, read_package_source
from app_catalog.releases.reserved_ids import reserved_ids
from app_catalog.releases.scenarios import run_scenarios
from app_catalog.releases.states import CHANNELS, newest_published, note_event, refresh_app
from app_catalog.releases.waking import wake_for_version
from app_catalog.transfers.ownership import is_new_to_publisher
from lumbung.db.tenancy import AnySession
from lumbung.errors import Forbidden, Invalid
from lumbung.i18n import Text, t
from lumbung.settings import Settings


@dataclass(frozen=True, slots=True)
class Submission:
    """What a package became; `created` is False when this very content was there already."""

    release: Release
    created: bool


def submit_package(
    session: AnySession,
    publisher: Publisher,
    archive: bytes,
    *,
    account_id: UUID | None = None,
    signature: bytes | None = None,
    key_id: str | None = None,
    channel: str = "stable",
    by_operator: bool = False,
) -> Release | PackageRefused:
    """The release of a zip archive, published or waiting for a curator.

    The first release of an app waits, so does one whose name is like another's or in which the checks found something
    of severity `review` (`findings.py`), and every one where the platform says so (RELEASE_APPROVAL); `by_operator`
    tells that whoever runs the platform installs it, which needs no curator but for what was found.
    Without `signature` the platform signs for the publisher; with it, `key_id` (`ed25519:…`) names the publisher's key
    that made it (64 bytes over the digest, see `definitions.signing`). The same content again gives the release that
    is there. PackageRefused says every problem. Raises Forbidden when the publisher may not publish, Invalid for a
    channel that is neither stable nor beta, a signature that does not verify or whose key is unknown or revoked,
    Conflict when the version exists with other content or the id is another publisher's, Unavailable when scenarios
    cannot be run.
    """
    outcome = submit_archive(
        session,
        publisher,
        archive,
        account_id=account_id,
        signature=signature,
        key_id=key_id,
        channel=channel,
        by_operator=by_operator,
    )
    return outcome.release if isinstance(outcome, Submission) else outcome


def submit_archive(
    session: AnySession,
    publisher: Publisher,
    archive: bytes,
    *,
    account_id: UUID | None = None,
    signature: bytes | None = None,
    key_id: str | None = None,
    channel: str = "stable",
    by_operator: bool = False,
) -> Submission | PackageRefused:
    """As `submit_package`, and says whether the release is new."""
    _access_publishing(publisher)
    if channel not in CHANNELS:
        raise Invalid(fields={"channel": [t("Pilih stable atau beta.", "Choose stable or beta.")]})
    sent = _Sent(account_id, signature, key_id, channel, by_operator)
    return _submit(session, publisher, read_package_archive(archive), sent)


def publish_folder(
    session: AnySession, publisher: Publisher, folder: Path, *, account_id: UUID | None = None
) -> Release | PackageRefused:
    """The release of a package on this machine, which its operator installs; otherwise as `submit_package`."""
    _access_publishing(publisher)
    package = read_package_source(load_folder(folder))
    outcome = _submit(session, publisher, package, _Sent(account_id, None, None, "stable", by_operator=True))
    return outcome.release if isinstance(outcome, Submission) else outcome


@dataclass(frozen=True, slots=True)
class _Sent:
    """How a package came."""

    account_id: UUID | None
    signature: bytes | None
    key_id: str | None
    channel: str
    by_operator: bool


def _submit(
    session: AnySession, publisher: Publisher, package: Package | PackageRefused, sent: _Sent
) -> Submission | PackageRefused:
    if isinstance(package, PackageRefused):
        return package
    definition = package.definition
    key, signed = _signature(session, publisher, definition.digest, signature=sent.signature, key_id=sent.key_id)
    # The history first: what is published between the two questions is then found as the release that it is, and not
    # judged as one that this package does not rise above.
    history = load_history(session, definition.id)
    known = find_own_release(session, publisher, definition)
    if known is not None:
        return Submission(same_or_conflict(known, definition.digest), created=False)
    # What is published goes on, also when the platform has begun to use its name since.
    reserved = [] if history.versions else find_reserved(package, reserved_ids(current_app))
    errors = [*reserved, *find_errors(package, history.versions)]
    if errors:
        return PackageRefused(Report((*package.report.problems, *errors)), package.source)
    scenarios = run_scenarios(session, definition)
    if not scenarios.passed:
        return PackageRefused(package.report, package.source, scenarios)
    app = find_or_add_app(session, publisher, definition)
    alike = _look_alikes(session, publisher, app, package)
    findings = [
        *find_reasons(
            first=not history.versions and not sent.by_operator,
            every=_approves_all() and not sent.by_operator,
            alike=alike,
            handed_over=is_new_to_publisher(session, app),
        ),
        *find_notes(
            package, before=history.before(definition.version), stable_before=history.stable_before(definition.version)
        ),
        *find_twins(_twins(session, package) if not history.versions else []),
    ]
    release, new = freeze(
        session,
        app,
        package,
        key=key,
        signature=signed,
        scenarios=scenarios,
        findings=findings,
        channel=sent.channel,
        account_id=sent.account_id,
    )
    if new and any(finding.severity == "review" for finding in findings):
        note_event(session, release, "submitted", account_id=sent.account_id, reason=", ".join(alike))
    elif new:
        publish(session, app, release, account_id=sent.account_id)
    return Submission(release, created=new)


def publish(session: AnySession, app: App, release: Release, *, account_id: UUID | None) -> None:
    """From now on everybody may enable the release; the catalog's texts follow the newest version."""
    note_event(session, release, "published", account_id=account_id)
    follow_newest(session, app)
    wake_for_version(session, release)


def follow_newest(session: AnySession, app: App) -> None:
    """Let the catalog offer and describe the newest release that is published now."""
    before = app.latest_release_id
    refresh_app(session, app)
    if app.latest_release_id is not None and app.latest_release_id != before:
        publisher = session.get_one(Publisher, app.publisher_id)
        describe_app(app, load_release_definition(session, app.latest_release_id), publisher)


def _approves_all() -> bool:
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return settings.release_approval == "always"


def _access_publishing(publisher: Publisher) -> None:
    if publisher.status != "approved":
        raise Forbidden(
            Text(
                "Penerbit ini belum disetujui, jadi belum dapat menerbitkan.",
                "This publisher is not approved, so it cannot publish.",
            )
        )


def _look_alikes(session: AnySession, publisher: Publisher, app: App, package: Package) -> list[str]:
    """Apps that this one could be taken for; asked again as long as nothing is published, and for new names."""
    definition = package.definition
    if newest_published(session, app.id) is not None and dict(app.name) == dict(definition.name):
        return []
    return look_alikes_of(session, app_id=definition.id, names=dict(definition.name), publisher_id=publisher.id)


def _twins(session: AnySession, package: Package) -> list[tuple[str, float]]:
    """Apps that do the same as a new one, the closest first."""
    found = overlaps_of_package(session, json.loads(package.canonical))
    return [(app.slug, overlap.score) for overlap, app in found]


def _signature(
    session: AnySession, publisher: Publisher, digest: str, *, signature: bytes | None, key_id: str | None
) -> tuple[SigningKey, Signature]:
    if signature is None:
        kept = platform_key(session, publisher.id)
        return kept, sign_with(kept, digest)
    key = find_key(session, publisher.id, key_id or "")
    if key is None:
        raise _refused(
            t(
                "Kunci {key} tidak terdaftar pada penerbit ini. Daftarkan kunci publiknya di halaman kunci.",
                "The key {key} is not registered with this publisher. Add its public key on the keys page.",
                key=key_id or "-",
            )
        )
    if key.revoked_at is not None:
        raise _refused(
            t(
                "Kunci {key} sudah dicabut dan tidak dapat menandatangani rilis baru. Daftarkan kunci lain di halaman "
                "kunci, atau kirim tanpa kunci sendiri.",
                "The key {key} has been revoked and signs no new release. Add another one on the keys page, or send "
                "without a key of your own.",
                key=key_id,
            )
        )
    given = Signature(key_id or "", signature)
    if not verify_digest(digest, given, public_bytes(key)):
        raise _refused(
            t(
                "Tanda tangan tidak cocok dengan isi paket (digest {digest}). "
                "Tanda tangani paket yang sama dengan yang dikirim.",
                "The signature does not fit the package (digest {digest}). Sign the very package that you send.",
                digest=digest,
            )
        )
    return key, given


def _refused(message: str) -> Invalid:
    return Invalid(
        Text("Tanda tangan rilis tidak diterima.", "The release's signature was not accepted."),
        fields={"signature": [message]},
    )
