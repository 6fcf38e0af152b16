"""Saying that support ends, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import semver
from sqlalchemy import select

from app_catalog.deprecations.mappings import check_mapping
from app_catalog.deprecations.models import Deprecation
from app_catalog.deprecations.reading import find_deprecated, today_in_jakarta
from app_catalog.releases.changing import SHORTEST_REASON, get_state
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import ReleaseState
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, show_date, t
from lumbung.limits import Limit
from lumbung.outbox import enqueue_effect
from lumbung.plain_text import plain_text

SPREAD = "spread_deprecation"
"""The platform's effect that has every municipality look whether it runs what this is about."""
NOTICE = timedelta(days=30)
"""Municipalities have at least so long to change, and are reminded so long before the day."""
LONGEST_NOTICE = timedelta(days=5 * 365)
LONGEST_REASON = 500
ANNOUNCING = Limit("support-announcing", 30, 24 * 3600)
"""Each announcement, and each that is taken back, is a letter to everybody who runs the app."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a publisher says: why, until when, and a version of the same app or another app that takes the place."""

    reason: str
    until: date
    successor_version: str = ""
    successor_app: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)


def deprecate(
    session: AnySession, app: App, version: str | None, said: Announced, *, account_id: UUID | None
) -> Deprecation:
    """From now on everybody reads until when the version (None: the whole app) is supported and what comes instead.

    Who runs it is told by e-mail now and 30 days before the day; after the day nobody new gets it. Raises NotFound for
    an unknown version, Conflict when it is not published or deprecated already, Invalid with an error by field.
    """
    # Two people decide one after the other: the app's row is what they queue for.
    session.execute(select(App.id).where(App.id == app.id).with_for_update())
    state = _published(session, app, version)
    if find_own(session, app, version) is not None:
        raise Conflict(
            Text("Akhir dukungannya sudah diumumkan. Cabut dahulu pengumuman itu.", "It is deprecated already.")
        )
    _check_words(said)
    successor, successor_app = _successor(session, app, state, said)
    if said.mapping:
        if state is None or successor is None:
            message = t("Pemetaan hanya untuk pengganti di aplikasi ini.", "A mapping leads to a version of this app.")
            raise Invalid(fields={"mapping": [message]})
        before = load_release_definition(session, state.release.id)
        check_mapping(before, load_release_definition(session, successor.id), said.mapping)
    soon = said.until - NOTICE <= today_in_jakarta()
    made = Deprecation(
        app_id=app.id,
        release_id=state.release.id if state else None,
        reason=plain_text(said.reason),
        supported_until=said.until,
        successor_release_id=successor.id if successor else None,
        successor_app_id=successor_app.id if successor_app else None,
        mapping=dict(said.mapping),
        account_id=account_id,
        # Whoever hears of it 30 days before is not told the same twice in a day.
        reminded_at=now() if soon else None,
    )
    session.add(made)
    session.flush()
    _note(session, "deprecated", app, version, made)
    spread_later(session, made, "announced")
    return made


def withdraw(session: AnySession, app: App, version: str | None) -> Deprecation:
    """It is supported as before, and who runs it is told. Raises NotFound when nothing of the kind was announced."""
    session.execute(select(App.id).where(App.id == app.id).with_for_update())
    found = find_own(session, app, version)
    if found is None:
        raise NotFound
    found.withdrawn_at = now()
    session.flush()
    _note(session, "deprecation-withdrawn", app, version, found)
    spread_later(session, found, "withdrawn")
    return found


def find_own(session: AnySession, app: App, version: str | None) -> Deprecation | None:
    """The deprecation that holds for this very version, or for the whole app when `version` is None; or None."""
    found = select(Deprecation).where(Deprecation.app_id == app.id, Deprecation.withdrawn_at.is_(None))
    if version is None:
        return session.scalar(found.where(Deprecation.release_id.is_(None)))
    release = select(Release.id).where(Release.app_id == app.id, Release.version == version)
    return session.scalar(found.where(Deprecation.release_id == release.scalar_subquery()))


def spread_later(session: AnySession, about: Deprecation, occasion: str) -> None:
    """Have a worker wake every municipality: `announced`, `reminded` or `withdrawn`; each happens once."""
    payload = {"deprecation_id": str(about.id), "occasion": occasion}
    enqueue_effect(session, SPREAD, payload, dedupe_key=f"deprecation:{occasion}:{about.id}")


def _published(session: AnySession, app: App, version: str | None) -> ReleaseState | None:
    """The version's state; None for the whole app, of which something must be published."""
    state = get_state(session, app, version) if version is not None else None
    if (state is not None and state.kind != "published") or (state is None and app.latest_release_id is None):
        raise Conflict(Text("Yang diakhiri harus sedang terbit.", "It is not published now."))
    return state


def _check_words(said: Announced) -> None:
    errors: dict[str, list[str]] = {}
    if not SHORTEST_REASON <= len(plain_text(said.reason)) <= LONGEST_REASON:
        errors["reason"] = [
            t(
                "Tulis alasannya (5 sampai 500 huruf): daerah yang memakainya akan membacanya.",
                "Say why (5 to 500 characters): municipalities that run it will read it.",
            )
        ]
    first, last = today_in_jakarta() + NOTICE, today_in_jakarta() + LONGEST_NOTICE
    if not first <= said.until <= last:
        errors["until"] = [
            t(
                "Beri daerah waktu: pilih tanggal antara {first} dan {last}.",
                "Give municipalities time: choose a day between {first} and {last}.",
                first=show_date(first),
                last=show_date(last),
            )
        ]
    if errors:
        raise Invalid(fields=errors)


def _successor(
    session: AnySession, app: App, state: ReleaseState | None, said: Announced
) -> tuple[Release | None, App | None]:
    if said.successor_version and said.successor_app:
        raise _wrong_successor(t("Pilih satu pengganti saja.", "Name one successor, not two."))
    if said.successor_app:
        return None, _successor_app(session, app, said.successor_app)
    if state is None:
        # An app may end without another that does the same.
        if said.successor_version:
            raise _wrong_successor(
                t("Pengganti seluruh aplikasi adalah aplikasi lain.", "Another app takes the place of a whole app.")
            )
        return None, None
    return _successor_release(session, app, state, said.successor_version), None


def _successor_app(session: AnySession, app: App, slug: str) -> App:
    found = session.scalar(select(App).where(App.slug == slug, App.hidden_at.is_(None)))
    if found is None or found.id == app.id or found.latest_release_id is None:
        raise _wrong_successor(t("Tulis id aplikasi lain yang ada di katalog.", "Name another app of the catalog."))
    if find_deprecated(session, found.id, found.latest_release_id) is not None:
        raise _wrong_successor(t("Dukungan penggantinya juga akan berakhir.", "Its own support ends too."))
    return found


def _successor_release(session: AnySession, app: App, state: ReleaseState, version: str) -> Release:
    if not version:
        raise _wrong_successor(t("Pilih versi atau aplikasi penggantinya.", "Choose what takes its place."))
    try:
        found = get_state(session, app, version)
    except NotFound:
        found = state
    later = semver.Version.parse(found.release.version) > semver.Version.parse(state.release.version)
    if not later or found.kind != "published" or (found.channel == "beta" and state.channel == "stable"):
        raise _wrong_successor(
            t("Pilih versi lebih baru yang sedang terbit.", "Choose a newer version that is published.")
        )
    if find_deprecated(session, app.id, found.release.id) is not None:
        raise _wrong_successor(t("Dukungan penggantinya juga akan berakhir.", "Its own support ends too."))
    return found.release


def _wrong_successor(message: str) -> Invalid:
    return Invalid(fields={"successor": [message]})


def _note(session: AnySession, action: str, app: App, version: str | None, about: Deprecation) -> None:
    record_audit(
        session,
        f"{'app' if version is None else 'release'}.{action}",
        subject_type="app" if version is None else "release",
        subject_id=about.release_id or app.id,
        after={"app": app.slug, "version": version, "until": about.supported_until.isoformat(), "reason": about.reason},
    )
