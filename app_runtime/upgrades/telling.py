"""What administrators are told of versions that were taken by themselves, or were not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation, VersionChange
from app_catalog.installations.names import shown_name
from app_catalog.releases.models import Release
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text, current_language, t, use_language
from lumbung.messages import list_messages, send_email
from lumbung.web.sites import portal_origin, url_on_hub
from tenants.accounts.models import Account
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant

_NOT_TAKEN = "update_not_taken"


def was_told(session: AnySession, release: Release) -> bool:
    """Whether the municipality's administrators know already why the version is not taken by itself."""
    return bool(list_messages(session, _NOT_TAKEN, release.id))


def tell_taken(session: AnySession, installation: Installation, change: VersionChange) -> None:
    """New records are made by another version now."""

    def write() -> tuple[str, str]:
        name = _name(session, installation)
        return (
            t(
                "{app} kini memakai versi {version}",
                "{app} has moved to version {version}",
                app=name,
                version=change.to_version,
            ),
            "\n\n".join(
                (
                    t(
                        "Sesuai aturan pembaruan Anda, berkas baru {app} sejak sekarang dibuat dengan versi "
                        "{after} (sebelumnya {before}). Pengaturan Anda cocok dan semua ujinya lulus. Berkas yang "
                        "berjalan tetap pada versinya.",
                        "As your update policy says, new records of {app} are made by version {after} from now on "
                        "(before: {before}). Your settings fit and all its proofs pass. Running records stay on their "
                        "version.",
                        app=name,
                        before=change.from_version,
                        after=change.to_version,
                    ),
                    t("Yang berubah: {link}", "What has changed: {link}", link=_changes_link(installation, change)),
                    t(
                        "Riwayat, dan jalan kembali: {link}",
                        "The history, and the way back: {link}",
                        link=_versions_link(session, installation),
                    ),
                )
            ),
        )

    _tell(session, write, ("version_change", change.id))


def tell_not_taken(session: AnySession, installation: Installation, release: Release, reasons: Sequence[Text]) -> None:
    """A version that the policy lets in was not taken, and why; somebody has to look."""
    record_audit(
        session,
        "app.update-not-taken",
        subject_type="installation",
        subject_id=installation.id,
        after={"version": release.version, "reasons": [one.en for one in reasons]},
    )

    def write() -> tuple[str, str]:
        name = _name(session, installation)
        return (
            t(
                "{app} {version} belum dapat dipakai dengan sendirinya",
                "{app} {version} could not be taken by itself",
                app=name,
                version=release.version,
            ),
            "\n\n".join(
                (
                    t(
                        "Versi {version} dari {app} sudah terbit dan sesuai aturan pembaruan Anda, tetapi belum "
                        "dipakai. Semuanya berjalan seperti sebelumnya.",
                        "Version {version} of {app} is published and your update policy lets it in, but it is not "
                        "in use. Everything runs as before.",
                        app=name,
                        version=release.version,
                    ),
                    t("Sebabnya:", "The reasons:") + "".join(f"\n- {reason}" for reason in reasons),
                    t(
                        "Lihat laporannya dan putuskan: {link}",
                        "See the report and decide: {link}",
                        link=f"{_versions_link(session, installation)}/{release.version}",
                    ),
                )
            ),
        )

    _tell(session, write, (_NOT_TAKEN, release.id))


def _tell(session: AnySession, write: Callable[[], tuple[str, str]], about: tuple[str, object]) -> None:
    spoken = current_language()
    for person in _administrators(session):
        use_language(person.language)
        subject, text = write()
        send_email(session, to=person.email, subject=subject, text=text, subject_ref=about)
    use_language(spoken)


def _administrators(session: AnySession) -> Sequence[Account]:
    return session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .join(
            RoleGrant,
            (RoleGrant.tenant_id == Membership.tenant_id) & (RoleGrant.membership_id == Membership.id),
        )
        .where(
            Membership.tenant_id == current_tenant(session),
            Membership.ended_at.is_(None),
            Account.disabled_at.is_(None),
            RoleGrant.app_id == "",
            RoleGrant.role == "tenant_admin",
        )
        .order_by(Account.id)
    ).all()


def _name(session: AnySession, installation: Installation) -> str:
    return shown_name(installation, definition_by_digest(session, installation.definition_digest))


def _versions_link(session: AnySession, installation: Installation) -> str:
    municipality = session.get_one(Municipality, installation.tenant_id)
    return f"{portal_origin(municipality.slug)}/manage/apps/{installation.slug}/versions"


def _changes_link(installation: Installation, change: VersionChange) -> str:
    return url_on_hub(
        "catalog.changes_page", slug=installation.slug, version=change.to_version, **{"from": change.from_version}
    )
