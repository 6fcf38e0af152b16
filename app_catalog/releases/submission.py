"""Submitting a package: checked, tried, signed and frozen in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app_catalog.definitions.signing import Signature, verify_digest
from app_catalog.definitions.source import load_folder
from app_catalog.publishers.keys import find_key, platform_key, public_bytes, sign_with
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.releases.freezing import (
    describe_app,
    find_or_add_app,
    find_own_release,
    freeze,
    same_or_conflict,
)
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.look_alikes import look_alikes_of
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import Package, PackageRefused, read_package_archive, read_package_source
from app_catalog.releases.scenarios import run_scenarios
from app_catalog.releases.states import newest_published, note_event, refresh_app
from app_catalog.releases.waking import wake_for_version
from lumbung.db.tenancy import AnySession
from lumbung.errors import Forbidden, Invalid
from lumbung.i18n import Text, t


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
) -> Release | PackageRefused:
    """The release of a zip archive, published or (when its name is like another's) waiting for a curator.

    Without `signature` the platform signs for the publisher; with it, `key_id` (`ed25519:…`) names the publisher's key
    that made it (64 bytes over the digest, see `definitions.signing`). The same content again gives the release that
    is there. PackageRefused says every problem. Raises Forbidden when the publisher may not publish, Invalid for a
    signature that does not verify or whose key is unknown or revoked, Conflict when the version exists with other
    content or the id is another publisher's, Unavailable when scenarios cannot be run.
    """
    outcome = submit_archive(session, publisher, archive, account_id=account_id, signature=signature, key_id=key_id)
    return outcome.release if isinstance(outcome, Submission) else outcome


def submit_archive(
    session: AnySession,
    publisher: Publisher,
    archive: bytes,
    *,
    account_id: UUID | None = None,
    signature: bytes | None = None,
    key_id: str | None = None,
) -> Submission | PackageRefused:
    """As `submit_package`, and says whether the release is new."""
    _access_publishing(publisher)
    package = read_package_archive(archive)
    return _submit(session, publisher, package, account_id=account_id, signature=signature, key_id=key_id)


def publish_folder(
    session: AnySession, publisher: Publisher, folder: Path, *, account_id: UUID | None = None
) -> Release | PackageRefused:
    """The release of a package on this machine (bundled apps); otherwise as `submit_package`."""
    _access_publishing(publisher)
    package = read_package_source(load_folder(folder))
    outcome = _submit(session, publisher, package, account_id=account_id, signature=None, key_id=None)
    return outcome.release if isinstance(outcome, Submission) else outcome


def _submit(
    session: AnySession,
    publisher: Publisher,
    package: Package | PackageRefused,
    *,
    account_id: UUID | None,
    signature: bytes | None,
    key_id: str | None,
) -> Submission | PackageRefused:
    if isinstance(package, PackageRefused):
        return package
    definition = package.definition
    key, signed = _signature(session, publisher, definition.digest, signature=signature, key_id=key_id)
    known = find_own_release(session, publisher, definition)
    if known is not None:
        return Submission(same_or_conflict(known, definition.digest), created=False)
    scenarios = run_scenarios(session, definition)
    if not scenarios.passed:
        return PackageRefused(package.report, package.source, scenarios)
    app = find_or_add_app(session, publisher, definition)
    alike = _look_alikes(session, publisher, app, package)
    release, new = freeze(session, app, package, key=key, signature=signed, scenarios=scenarios, account_id=account_id)
    if new and alike:
        note_event(session, release, "submitted", account_id=account_id, reason=", ".join(alike))
    elif new:
        publish(session, app, release, account_id=account_id)
    return Submission(release, created=new)


def publish(session: AnySession, app: App, release: Release, *, account_id: UUID | None) -> None:
    """From now on everybody may enable the release; the catalog's texts follow the newest version."""
    note_event(session, release, "published", account_id=account_id)
    refresh_app(session, app)
    if app.latest_release_id == release.id:
        publisher = session.get_one(Publisher, app.publisher_id)
        describe_app(app, load_release_definition(session, release.id), publisher)
    wake_for_version(session, release)


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
                "Kunci {key} sudah dicabut dan tidak dapat menandatangani rilis baru.",
                "The key {key} has been revoked and signs no new release.",
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
