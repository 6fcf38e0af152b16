"""Municipalities learn that the support of what they run ends, are reminded, or that it does not end after all."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.deprecations.models import Deprecation
from app_catalog.deprecations.reading import Deprecated, last_day, list_deprecated, today_in_jakarta
from app_catalog.deprecations.services import NOTICE, SPREAD, spread_later
from app_catalog.installations.models import Installation
from app_catalog.releases.models import App, Release
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text
from lumbung.messages import tell_each
from lumbung.outbox import GiveUp, Payload, effect_handler, periodic
from tenants.municipalities.addresses import manage_address
from tenants.municipalities.everywhere import enqueue_everywhere
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles

TELL = "tell_deprecation"
_HOURLY = 3_600


@effect_handler(SPREAD)
def spread_deprecation(session: AnySession, payload: Payload) -> None:
    """Have each municipality look for itself: what it runs is known inside its wall only."""
    enqueue_everywhere(session, TELL, payload, key=f"deprecation:{payload['occasion']}:{payload['deprecation_id']}")


@periodic(_HOURLY, name="deprecation-reminders", per_tenant=False)
def remind(session: AnySession) -> None:
    """Remind of every support that ends within 30 days, once."""
    due = session.scalars(
        select(Deprecation)
        .where(
            Deprecation.withdrawn_at.is_(None),
            Deprecation.reminded_at.is_(None),
            Deprecation.supported_until <= today_in_jakarta() + NOTICE,
        )
        .order_by(Deprecation.id)
        .with_for_update(skip_locked=True)
    ).all()
    for found in due:
        found.reminded_at = now()
        spread_later(session, found, "reminded")


@effect_handler(TELL)
def tell_deprecation(session: AnySession, payload: Payload) -> None:
    """Tell the administrators when the municipality makes new records by what this is about."""
    about = session.get(Deprecation, UUID(payload["deprecation_id"]))
    if about is None:
        raise GiveUp("the deprecation is gone")
    occasion = payload["occasion"]
    if (about.withdrawn_at is not None) != (occasion == "withdrawn"):
        # It was taken back before this letter was written: who never heard the one need not hear the other.
        return
    row = session.execute(
        select(Installation, App, Release.version)
        .join(App, App.id == Installation.app_id)
        .join(Release, Release.id == Installation.release_id)
        .where(
            Installation.tenant_id == current_tenant(session),
            Installation.app_id == about.app_id,
            Installation.status == "enabled",
        )
    ).one_or_none()
    if row is None or about.release_id not in (None, row[0].release_id):
        return
    installation, app, version = row
    shown = next((one for one in list_deprecated(session, [about.app_id]) if one.id == about.id), None)
    what = Text.of(installation.own_name or app.name)
    if about.release_id is not None:
        what = Text("{app} versi {version}", "{app} version {version}").format(app=what, version=version)
    if shown is None:
        subject, text = _going_on(what)
    else:
        subject, text = _ending(what, shown, occasion, _what_to_do(session, shown, installation))
    people = people_with_roles(session, ADMIN_ROLE)
    tell_each(session, people, subject=subject, text=text, about=("deprecation", about.id))


def _going_on(what: Text) -> tuple[Text, Text]:
    return (
        Text("Dukungan {what} berlanjut", "Support of {what} goes on").format(what=what),
        Text(
            "Penerbit mencabut pengumumannya: dukungan {what} tidak berakhir. Tidak ada yang perlu dilakukan.",
            "The publisher took the announcement back: the support of {what} does not end. There is nothing to do.",
        ).format(what=what),
    )


def _ending(what: Text, shown: Deprecated, occasion: str, to_do: Text) -> tuple[Text, Text]:
    said = {"what": what, "day": last_day(shown), "reason": shown.reason}
    subject = (
        Text("Segera berakhir: dukungan {what}, {day}", "Ends soon: support of {what}, {day}")
        if occasion == "reminded"
        else Text("Dukungan {what} berakhir {day}", "Support of {what} ends on {day}")
    )
    text = Text.paragraphs(
        Text(
            "Penerbit mendukung {what}, yang dipakai daerah Anda, sampai {day}.",
            "The publisher supports {what}, which your municipality runs, until {day}.",
        ).format(**said),
        Text("Alasannya: {reason}", "The reason: {reason}").format(**said),
        Text(
            "Aplikasi tetap berjalan dan tidak ada data yang hilang. Setelah hari itu tidak ada lagi perbaikan, juga "
            "tidak untuk celah keamanan, dan daerah lain tidak dapat mengaktifkannya.",
            "The app keeps running and no data is lost. After that day nothing is mended any more, not even security "
            "holes, and nobody else can enable it.",
        ),
        to_do,
    )
    return subject.format(**said), text


def _what_to_do(session: AnySession, shown: Deprecated, installation: Installation) -> Text:
    if shown.successor_version is not None:
        return Text(
            "Yang perlu dilakukan: lihat laporan versi {version} atas data Anda, lalu pindah: {link}",
            "What to do: look at the report of version {version} on your own data, then change: {link}",
        ).format(
            version=shown.successor_version,
            link=manage_address(session, f"/apps/{installation.slug}/versions/{shown.successor_version}"),
        )
    if shown.successor_slug is not None:
        return Text(
            "Penggantinya adalah {app}. Yang perlu dilakukan: coba dan aktifkan: {link}",
            "{app} takes its place. What to do: try it and enable it: {link}",
        ).format(app=shown.instead, link=manage_address(session, f"/apps/{shown.successor_slug}/enable"))
    if shown.version is not None:
        return Text(
            "Penggantinya sudah ditarik. Yang perlu dilakukan: lihat versi lain yang tersedia, lalu pindah: {link}",
            "What was to take its place was yanked. What to do: look at the other versions on offer, then change: "
            "{link}",
        ).format(link=manage_address(session, f"/apps/{installation.slug}/versions"))
    return Text(
        "Belum ada pengganti. Yang perlu dilakukan: cari aplikasi lain di katalog sebelum hari itu.",
        "Nothing takes its place. What to do: look for another app in the catalog before that day.",
    )
