"""Versions that are taken by themselves, as the municipality's update policy says.

A wake-up comes when a version is published, or the policy or the settings change: what did not fit may fit now. It is
answered inside the municipality and says nothing of which version: the newest that the policy lets in is looked for
each time, so that a wake-up may come twice, late, or after a crash. It is looked for once a day besides, because
another Lumbung may run by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import semver
from sqlalchemy import select

from app_catalog.definitions.differences import Bump, bump_between
from app_catalog.deprecations.reading import list_deprecated
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_catalog.installations.versions import list_version_changes, switch_version
from app_catalog.releases.loading import ReleaseDamaged, load_release_definition
from app_catalog.releases.models import Release
from app_catalog.releases.platform import range_missed
from app_catalog.releases.states import list_states
from app_catalog.releases.waking import PUBLISHED
from app_catalog.spread.noting import note_refused
from app_runtime.upgrades.report import UpgradeReport, make_report, play_scenarios
from app_runtime.upgrades.telling import tell_not_taken, tell_taken, was_refused
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, LumbungError
from lumbung.i18n import Text, pick
from lumbung.outbox import periodic, register_wakeup_handler

_DAILY = 86_400
_STEPS: Mapping[str, frozenset[Bump]] = {
    "by_hand": frozenset(),
    "patches": frozenset(("patch",)),
    "minors": frozenset(("patch", "minor")),
}
_ASKS_MORE = Text(
    "Versi ini menyebut dirinya perbaikan kecil, tetapi berkas yang dipindah ke sana membutuhkan jawaban Anda.",
    "This version calls itself a patch, but records that are moved to it need an answer of yours.",
)


def take_new_versions(session: AnySession, tenant_id: UUID) -> None:
    """Bring each enabled app of the municipality to the newest version that its update policy lets in, if everything
    is ready for it; its administrators are told once, whether it was done or why not."""
    for installation in list_installations(session):
        _take(session, installation)


register_wakeup_handler(PUBLISHED, take_new_versions)


def find_next_version(session: AnySession, installation: Installation) -> Release | None:
    """The newest published version that the update policy lets in and that runs on this Lumbung; where none of them
    does, the newest that the policy lets in; or None.

    Never an older one, one that was yanked or whose support ends, a beta without the channel, or one that the
    municipality has left by hand.
    """
    allowed = _STEPS[installation.update_policy]
    if not allowed or installation.status != "enabled":
        return None
    present = session.get_one(Release, installation.release_id).version
    ran = {change.from_digest for change in list_version_changes(session, installation)}
    ending = {one.release_id for one in list_deprecated(session, [installation.app_id])}
    found = [
        state.release
        for state in list_states(session, installation.app_id)
        if state.kind == "published"
        and semver.Version.parse(state.release.version) > semver.Version.parse(present)
        and (installation.channel == "beta" or state.channel == "stable")
        and bump_between(present, state.release.version) in allowed
        and state.release.digest not in ran
        and state.release.id not in ending
    ]
    return next((release for release in found if _runs_here(session, release)), next(iter(found), None))


@periodic(_DAILY, name="new-versions")
def _look_daily(session: AnySession) -> None:
    tenant_id = current_tenant(session)
    if tenant_id is not None:
        take_new_versions(session, tenant_id)


def _runs_here(session: AnySession, release: Release) -> bool:
    try:
        return range_missed(load_release_definition(session, release.id)) is None
    except ReleaseDamaged:
        return False


def _take(session: AnySession, installation: Installation) -> None:
    release = find_next_version(session, installation)
    if release is None or was_refused(session, installation, release):
        return
    try:
        report = make_report(session, installation, release, scenarios=play_scenarios(session, installation, release))
        reasons, codes = _hindrances(report), _codes(report)
    except LumbungError as error:
        report, reasons, codes = None, [error.message], [error.slug]
    # The proofs take seconds, in which nobody else waits; only now is it settled who does it.
    locked = session.scalars(
        select(Installation)
        .where(Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    chosen = find_next_version(session, locked)
    if chosen is None or chosen.id != release.id or was_refused(session, locked, release):
        return
    if report is not None and not reasons:
        try:
            with session.begin_nested():
                change = switch_version(session, locked, release, automatic=True, findings=report.as_findings())
        except Invalid as error:
            reasons = [Text(text, text) for texts in error.fields.values() for text in texts]
            codes = [f"setting:{name.partition('.')[0]}" for name in error.fields]
        except LumbungError as error:
            reasons, codes = [error.message], [error.slug]
        else:
            tell_taken(session, locked, change)
            return
    note_refused(session, locked, release, codes)
    tell_not_taken(session, locked, release, reasons)


def _hindrances(report: UpgradeReport) -> list[Text]:
    """Why the version is not taken by itself; nothing when it may be."""
    found = []
    if bump_between(report.before.version, report.after.version) == "patch" and report.weight == "mapping":
        found.append(_ASKS_MORE)
    for one in report.settings:
        label = one.label
        found += [
            Text(f"{_in(label, 'id')}: {text}", f"{_in(label, 'en')}: {text}")
            for texts in one.problems.values()
            for text in texts
        ]
    for result in report.scenarios.results if report.scenarios is not None else ():
        if not result.passed:
            found.append(
                Text(
                    f"Ujinya tidak lulus di bawah pengaturan Anda: {_in(result.name, 'id')}",
                    f"Its proof fails under your settings: {_in(result.name, 'en')}",
                )
            )
    return found


def _codes(report: UpgradeReport) -> list[str]:
    """The same for the publisher: ids of the package alone, nothing of what the municipality has."""
    codes = [f"setting:{one.id}" for one in report.settings if one.problems]
    results = report.scenarios.results if report.scenarios is not None else ()
    codes += [f"scenario:{result.id}" for result in results if not result.passed]
    if bump_between(report.before.version, report.after.version) == "patch" and report.weight == "mapping":
        codes.append("mapping")
    return codes


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or pick(texts)
