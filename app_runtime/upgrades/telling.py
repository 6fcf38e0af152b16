"""What administrators are told of versions that were taken by themselves, or were not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation, VersionChange
from app_catalog.releases.models import Release
from lumbung.audit import record_audit
from lumbung.audit.models import AuditEntry
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.messages import tell_each
from lumbung.version import VERSION
from lumbung.web.sites import url_on_hub
from tenants.municipalities.addresses import manage_address
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles

_NOT_TAKEN = "update_not_taken"
_REFUSED = "app.update-not-taken"


def was_refused(session: AnySession, installation: Installation, release: Release) -> bool:
    """Whether it is settled, under the settings and the Lumbung of now, that the version is not taken by itself."""
    last = _last_refusal(session, installation, release)
    return last is not None and _conditions(installation).items() <= (last.after or {}).items()


def tell_taken(session: AnySession, installation: Installation, change: VersionChange) -> None:
    """New records are made by another version now."""
    changes = url_on_hub(
        "catalog.changes_page", slug=installation.slug, version=change.to_version, **{"from": change.from_version}
    )
    said = {
        "app": _name(session, installation),
        "before": change.from_version,
        "after": change.to_version,
        "changes": changes,
        "versions": manage_address(session, f"/apps/{installation.slug}/versions"),
    }
    tell_each(
        session,
        people_with_roles(session, ADMIN_ROLE),
        subject=Text("{app} kini memakai versi {after}", "{app} has moved to version {after}").format(**said),
        text=Text(
            "Sesuai aturan pembaruan Anda, berkas baru {app} sejak sekarang dibuat dengan versi {after} (sebelumnya "
            "{before}). Pengaturan Anda cocok dan semua ujinya lulus. Berkas yang berjalan tetap pada versinya.\n\n"
            "Yang berubah: {changes}\n\nRiwayat, dan jalan kembali: {versions}",
            "As your update policy says, new records of {app} are made by version {after} from now on (before: "
            "{before}). Your settings fit and all its proofs pass. Running records stay on their version.\n\n"
            "What has changed: {changes}\n\nThe history, and the way back: {versions}",
        ).format(**said),
        about=("version_change", change.id),
    )


def tell_not_taken(session: AnySession, installation: Installation, release: Release, reasons: Sequence[Text]) -> None:
    """A version that the policy lets in was not taken, and why; somebody has to look. They are told once for the same
    reasons, however often it is tried again under other settings."""
    before = _last_refusal(session, installation, release)
    told = [one.en for one in reasons]
    record_audit(
        session,
        _REFUSED,
        subject_type="installation",
        subject_id=installation.id,
        after={"version": release.version, "reasons": told, **_conditions(installation)},
    )
    if before is not None and (before.after or {}).get("reasons") == told:
        return
    said = {
        "app": _name(session, installation),
        "version": release.version,
        "reasons": Text("\n- ".join(one.id for one in reasons), "\n- ".join(one.en for one in reasons)),
        "link": manage_address(session, f"/apps/{installation.slug}/versions/{release.version}"),
    }
    tell_each(
        session,
        people_with_roles(session, ADMIN_ROLE),
        subject=Text(
            "{app} {version} belum dapat dipakai dengan sendirinya", "{app} {version} could not be taken by itself"
        ).format(**said),
        text=Text(
            "Versi {version} dari {app} sudah terbit dan sesuai aturan pembaruan Anda, tetapi belum dipakai. "
            "Semuanya berjalan seperti sebelumnya.\n\nSebabnya:\n- {reasons}\n\nLihat laporannya dan putuskan: {link}",
            "Version {version} of {app} is published and your update policy lets it in, but it is not in use. "
            "Everything runs as before.\n\nThe reasons:\n- {reasons}\n\nSee the report and decide: {link}",
        ).format(**said),
        about=(_NOT_TAKEN, release.id),
    )


def _last_refusal(session: AnySession, installation: Installation, release: Release) -> AuditEntry | None:
    return session.scalar(
        select(AuditEntry)
        .where(
            AuditEntry.tenant_id == installation.tenant_id,
            AuditEntry.subject_type == "installation",
            AuditEntry.subject_id == str(installation.id),
            AuditEntry.action == _REFUSED,
            AuditEntry.after["version"].astext == release.version,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def _conditions(installation: Installation) -> dict[str, Any]:
    """What a version is tried under: with anything else it may fit."""
    return {"settings": installation.settings_version, "lumbung": VERSION}


def _name(session: AnySession, installation: Installation) -> Text:
    """As `shown_name` has it, for readers of both languages."""
    return Text.of(installation.own_name or definition_by_digest(session, installation.definition_digest).name)
