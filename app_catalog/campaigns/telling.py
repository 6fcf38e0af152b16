"""Letters of campaigns: to the evaluators whom they ask, and to who opened them."""

from __future__ import annotations

from collections.abc import Sequence

from app_catalog.campaigns.models import Campaign
from app_catalog.evaluations.telling import evaluators_and_administrators
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.told_yanks import portal_to_manage
from app_catalog.releases.telling import in_language_of, tell_publisher
from lumbung.db import use_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text, pick, show_date, t
from lumbung.messages import send_email
from lumbung.web.sites import url_on_hub
from tenants.accounts.models import Account


def tell_asked(session: AnySession, campaign: Campaign, waiting: Sequence[Installation], *, again: bool) -> None:
    """A letter to each evaluator and administrator of the session's municipality: please judge these apps by then."""
    link = f"{portal_to_manage(session)}/evaluations"
    definitions = [(one, definition_by_digest(session, one.definition_digest)) for one in waiting]
    for person in evaluators_and_administrators(session):
        with in_language_of(person):
            title, until = pick(campaign.title), show_date(campaign.closes_on)
            send_email(
                session,
                to=person.email,
                subject=t("Pengingat: {title}", "Reminder: {title}", title=title)
                if again
                else t("Mohon evaluasi: {title}", "Please evaluate: {title}", title=title),
                text=t(
                    "{opener} meminta daerah Anda menilai: {apps}.\n\nTerakhir dijawab {until}. Angka periodenya "
                    "sudah kami isi; yang diminta adalah nilai, alasan, dan bila ada berkas bukti.\n\nBuka di sini: "
                    "{link}",
                    "{opener} asks your municipality to judge: {apps}.\n\nPlease answer by {until}. We have filled in "
                    "the period’s figures; what is asked for is a score, a reason and, if there is any, evidence."
                    "\n\nOpen it here: {link}",
                    opener=campaign.opener,
                    apps=", ".join(shown_name(one, definition) for one, definition in definitions),
                    until=until,
                    link=link,
                ),
                subject_ref=("campaign", campaign.id),
            )


def tell_opener(session: AnySession, campaign: Campaign, *, answers: int) -> None:
    """The campaign is over: to the people of the publisher, or to the curator who opened it."""
    link = url_on_hub("campaigns.show", campaign_id=campaign.id)
    subject = Text(f"Kampanye selesai: {campaign.title['id']}", f"The campaign is over: {campaign.title['en']}")
    text = Text(
        f"Kampanye “{campaign.title['id']}” sudah ditutup dengan {answers} jawaban. Baca, bandingkan, dan unduh di "
        f"sini: {link}",
        f"The campaign “{campaign.title['en']}” was closed with {answers} answers. Read, compare and download them "
        f"here: {link}",
    )
    if campaign.publisher_id is not None:
        tell_publisher(session, campaign.publisher_id, subject=subject, text=text, about=("campaign", campaign.id))
        return
    curator = session.get(Account, campaign.account_id)
    if curator is None or curator.disabled_at is not None:
        return
    before = current_tenant(session)
    use_tenant(session, None)
    try:
        with in_language_of(curator):
            send_email(
                session, to=curator.email, subject=str(subject), text=str(text), subject_ref=("campaign", campaign.id)
            )
        session.flush()
    finally:
        use_tenant(session, before)
