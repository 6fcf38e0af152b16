"""What those who joined a record and left an address read: what is public, how to see it, and how to hear no more."""

from __future__ import annotations

from app_runtime.pages.opening import app_name
from app_runtime.records.models import Record
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp
from lumbung.db.tenancy import AnySession
from lumbung.i18n import t
from lumbung.messages import send_email


def name_of(shown: PresentedRecord) -> str:
    """Number and title of a record, as far as they are shown."""
    return f"{shown.number or ''} {shown.title}".strip()


def send_letter(
    session: AnySession,
    app: RunningApp,
    record: Record,
    *,
    to: str,
    code: str,
    origin: str,
    subject: str,
    told: str,
) -> None:
    """Send what is `told` of the record, in the current language, with the address by whose `code` one leaves.

    ``origin`` is that of the municipality's portal.
    """
    send_email(
        session,
        to=to,
        subject=subject,
        text=t(
            "{told}\n\nLihat: {link}\n\nTidak ingin dikabari lagi? {leave}\n\n{app}, {municipality}\n",
            "{told}\n\nSee it: {link}\n\nNo more letters? {leave}\n\n{app}, {municipality}\n",
            told=told,
            link=f"{origin}/{app.installation.slug}/{record.record_type}/{record.id}",
            leave=f"{origin}/joined/{code}",
            app=app_name(app),
            municipality=app.municipality.name,
        ),
        sender_name=app.municipality.name,
        subject_ref=("record", record.id),
        secret=True,
    )
