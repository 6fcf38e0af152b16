"""Letters of campaigns: to the evaluators whom they ask, and to who opened them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app_catalog.campaigns.models import Campaign
from app_catalog.evaluations.telling import tell_judges
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.releases.telling import tell_publisher
from lumbung.db import use_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import LANGUAGES, Text, show_date, speaking
from lumbung.messages import tell_each
from lumbung.web.sites import url_on_hub
from tenants.accounts.models import Account
from tenants.municipalities.addresses import manage_address


def tell_asked(session: AnySession, campaign: Campaign, waiting: Sequence[Installation], *, again: bool) -> None:
    """A letter to the evaluators and administrators of the session's municipality: please judge these apps by then."""
    names = [Text.of(one.own_name or definition_by_digest(session, one.definition_digest).name) for one in waiting]
    said = {
        "title": Text.of(campaign.title),
        "opener": campaign.opener,
        "apps": Text(", ".join(name.id for name in names), ", ".join(name.en for name in names)),
        "until": _day(campaign.closes_on),
        "link": manage_address(session, "/evaluations"),
    }
    subject = (
        Text("Pengingat: {title}", "Reminder: {title}")
        if again
        else Text("Mohon evaluasi: {title}", "Please evaluate: {title}")
    )
    tell_judges(
        session,
        subject=subject.format(**said),
        text=Text(
            "{opener} meminta daerah Anda menilai: {apps}.\n\nTerakhir dijawab {until}. Angka periodenya sudah kami "
            "isi; yang diminta adalah nilai, alasan, dan bila ada berkas bukti.\n\nBuka di sini: {link}",
            "{opener} asks your municipality to judge: {apps}.\n\nPlease answer by {until}. We have filled in the "
            "period’s figures; what is asked for is a score, a reason and, if there is any, evidence.\n\nOpen it here: "
            "{link}",
        ).format(**said),
        about=("campaign", campaign.id),
    )


def tell_opener(session: AnySession, campaign: Campaign, *, answers: int) -> None:
    """The campaign is over: to the people of the publisher, or to the curator who opened it."""
    said = {
        "title": Text.of(campaign.title),
        "n": answers,
        "link": url_on_hub("campaigns.show", campaign_id=campaign.id),
    }
    subject = Text("Kampanye selesai: {title}", "The campaign is over: {title}").format(**said)
    text = Text(
        "Kampanye “{title}” sudah ditutup dengan {n} jawaban. Baca, bandingkan, dan unduh di sini: {link}",
        "The campaign “{title}” was closed with {n} answers. Read, compare and download them here: {link}",
    ).format(**said)
    about = ("campaign", campaign.id)
    if campaign.publisher_id is not None:
        tell_publisher(session, campaign.publisher_id, subject=subject, text=text, about=about)
        return
    curator = session.get(Account, campaign.account_id)
    if curator is None or curator.disabled_at is not None:
        return
    before = current_tenant(session)
    use_tenant(session, None)
    try:
        tell_each(session, [curator], subject=subject, text=text, about=about)
        session.flush()
    finally:
        use_tenant(session, before)


def _day(day: date) -> Text:
    shown = []
    for language in LANGUAGES:
        with speaking(language):
            shown.append(show_date(day))
    return Text(*shown)
