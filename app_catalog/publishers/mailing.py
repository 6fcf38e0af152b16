"""The letter that invites somebody to act for a publisher, in both languages: who they are is not known yet."""

from __future__ import annotations

from app_catalog.publishers.models import Publisher, PublisherInvitation
from lumbung.db.tenancy import AnySession
from lumbung.i18n import LANGUAGES, Text, show_date, speaking
from lumbung.messages import send_email
from lumbung.web.sites import url_on_hub

_ROLES = {"owner": Text("pemilik", "owner"), "maintainer": Text("pengelola", "maintainer")}


def mail_invitation(
    session: AnySession, publisher: Publisher, invitation: PublisherInvitation, *, token: str, inviter: str
) -> None:
    """Send the link. It lets somebody in, so that its text is kept sealed, and no longer than until it is sent."""
    said = {
        "name": publisher.name,
        "inviter": inviter or publisher.name,
        "link": url_on_hub("publishing.invitation", token=token),
        "role": _ROLES[invitation.role],
        "day": Text(*(_day(invitation, language) for language in LANGUAGES)),
    }
    subject = Text("{name} mengundang Anda", "{name} invites you").format(**said)
    text = Text(
        "{inviter} mengundang Anda menjadi {role} penerbit {name} di Lumbung: Anda dapat menerbitkan aplikasinya.\n\n"
        "Buka tautan ini dan masuk, atau buat akun dengan alamat surel ini: {link}\n\nTautan berlaku sampai {day} dan "
        "hanya sekali. Bila Anda tidak mengenal mereka, abaikan surat ini.",
        "{inviter} invites you to be a {role} of the publisher {name} on Lumbung: you can publish its apps.\n\n"
        "Open this link and sign in, or make an account with this address: {link}\n\nThe link works until {day}, and "
        "once. If you do not know them, ignore this letter.",
    ).format(**said)
    send_email(
        session,
        to=invitation.email,
        subject=f"{subject.id} / {subject.en}",
        text=f"{text.id}\n\n---\n\n{text.en}",
        subject_ref=("publisher_invitation", invitation.id),
        secret=True,
    )


def _day(invitation: PublisherInvitation, language: str) -> str:
    with speaking(language):
        return show_date(invitation.expires_at)
