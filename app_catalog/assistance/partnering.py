"""A municipality that runs an app well offers to help others with it, in public and as long as it likes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app_catalog.assistance.models import AssistanceOffer
from app_catalog.figures.models import PublishedFigures
from app_catalog.figures.reading import HANDLED, TRULY_USED
from app_catalog.installations.adoptions import find_adoption
from app_catalog.installations.models import Installation
from app_catalog.reviews.models import Review
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, show_number, t
from lumbung.plain_text import plain_text
from tenants.municipalities.models import Municipality

LONG_ENOUGH: Final = timedelta(days=90)
LONGEST_WORDS = 600
_NOT_YET = Text(
    "Daerah Anda belum memenuhi semua syaratnya.",
    "Your municipality does not meet all conditions yet.",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition for helping others, whether it is met, and what shows it (figures that are public anyway)."""

    id: str
    text: Text
    met: bool
    value: int = 0


def reasons(session: AnySession, installation: Installation) -> list[Reason]:
    """What makes the municipality one that runs the app well; all have to be met.

    It has run the app for 90 days and says so in public; what it publishes of its figures shows that it answered or
    closed `TRULY_USED` records or more in the last full month; and it has judged the app in a review.
    """
    municipality = session.get_one(Municipality, installation.tenant_id)
    adoption = find_adoption(session, installation)
    in_use = (now() - installation.enabled_at).days if installation.status == "enabled" else 0
    handled = _handled(session, installation, ZoneInfo(municipality.timezone))
    stars = session.scalar(
        select(Review.stars).where(
            Review.tenant_id == installation.tenant_id,
            Review.app_id == installation.app_id,
            Review.archived_at.is_(None),
        )
    )
    return [
        Reason(
            "in_use",
            Text("Memakainya sedikitnya 90 hari", "Has run it for 90 days or more"),
            in_use >= LONG_ENOUGH.days,
            in_use,
        ),
        Reason(
            "announced",
            Text("Mengumumkan pemakaiannya di katalog", "Says in the catalog that it runs it"),
            adoption is not None and adoption.ended_at is None,
        ),
        Reason(
            "used",
            Text(
                "Sungguh dipakai bulan lalu, menurut angka yang diterbitkan",
                "Truly used last month, by its published figures",
            ),
            handled is not None and handled >= TRULY_USED,
            handled or 0,
        ),
        Reason(
            "reviewed",
            Text("Menulis ulasan di katalog", "Has written a review in the catalog"),
            stars is not None,
            stars or 0,
        ),
    ]


def may_help(found: list[Reason]) -> bool:
    """Whether the conditions are met: all of them."""
    return all(reason.met for reason in found)


def find_offer(session: AnySession, installation: Installation) -> AssistanceOffer | None:
    """What the municipality offers now, or None."""
    return session.scalar(
        select(AssistanceOffer).where(
            AssistanceOffer.tenant_id == installation.tenant_id, AssistanceOffer.app_id == installation.app_id
        )
    )


def offer_help(
    session: AnySession, installation: Installation, *, words: str, online: bool, on_site: bool
) -> AssistanceOffer:
    """Say in public that the municipality is willing to help others; saying it again replaces it.

    Raises Conflict while a condition is not met, Invalid for what does not fit.
    """
    found = reasons(session, installation)
    if not may_help(found):
        raise Conflict(_NOT_YET)
    errors: dict[str, list[str]] = {}
    if not online and not on_site:
        errors["forms"] = [t("Pilih sedikitnya satu bentuk.", "Choose one form at least.")]
    if len(plain_text(words)) > LONGEST_WORDS:
        errors["words"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_WORDS)]
    if errors:
        raise Invalid(fields=errors)
    # Two administrators offer one after the other: the installation's row is what they queue for.
    own = (Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
    session.execute(select(Installation.id).where(*own).with_for_update())
    offer = find_offer(session, installation)
    if offer is None:
        offer = AssistanceOffer(
            tenant_id=installation.tenant_id,
            app_id=installation.app_id,
            municipality_name=session.get_one(Municipality, installation.tenant_id).name,
        )
        session.add(offer)
    offer.words, offer.online, offer.on_site = plain_text(words), online, on_site
    offer.reasons = {reason.id: reason.value for reason in found}
    offer.updated_at = now()
    session.flush()
    record_audit(session, "assistance.offered", subject_type="installation", subject_id=installation.id)
    return offer


def end_offer(session: AnySession, installation: Installation) -> None:
    """The municipality is no longer asked; what it has accepted goes on. Nothing happens when there is no offer."""
    ended = session.execute(
        delete(AssistanceOffer)
        .where(AssistanceOffer.tenant_id == installation.tenant_id, AssistanceOffer.app_id == installation.app_id)
        .returning(AssistanceOffer.id)
    ).all()
    if ended:
        record_audit(session, "assistance.offer-ended", subject_type="installation", subject_id=installation.id)


def told_reasons(offer: AssistanceOffer) -> list[str]:
    """Why the municipality can help, in words; as it was when it offered."""
    known = offer.reasons
    return [
        t("memakainya {n} hari", "has run it for {n} days", n=show_number(known.get("in_use", 0))),
        t("menangani {n} berkas sebulan", "handled {n} records in a month", n=show_number(known.get("used", 0))),
        t("memberi {n} bintang", "gave it {n} stars", n=known.get("reviewed", 0)),
    ]


def _handled(session: AnySession, installation: Installation, zone: ZoneInfo) -> int | None:
    """How many records were answered or closed in the last full month by the published figures; None without any."""
    first: date = now().astimezone(zone).date().replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)
    return session.scalar(
        select(HANDLED).where(
            PublishedFigures.tenant_id == installation.tenant_id,
            PublishedFigures.app_id == installation.app_id,
            PublishedFigures.month == last_month,
            PublishedFigures.version == "",
            PublishedFigures.record_type == "",
        )
    )
