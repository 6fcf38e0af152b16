"""How a sponsorship stands, in words for everybody."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date

from lumbung.i18n import Text, current_language, show_date, speaking
from lumbung.money.models import Agreement, AgreementStatus, Cadence
from lumbung.money.receipts import JAKARTA

CADENCES = {Cadence.ONCE: Text("sekali", "once"), Cadence.MONTHLY: Text("tiap bulan", "monthly")}
TONES = {"running": "green", "stopping": "amber", "over": "grey", "paid": "green", "opened": "amber", "late": "red"}


def day_of(moment: datetime) -> date:
    """The day of a moment as the books count days."""
    return moment.astimezone(JAKARTA).date()


def last_day(agreement: Agreement) -> date | None:
    """The last day that is paid; None for what is paid once, and while nothing is."""
    if agreement.cadence == Cadence.ONCE or agreement.paid_until is None:
        return None
    return day_of(agreement.paid_until)


def standing_of(agreement: Agreement) -> str:
    """`running`, `stopping` or `over` (monthly), `paid` (once); `opened` while nothing was paid.

    What is late is running for everybody else: Stripe tries again, and a card that failed is nobody's business.
    """
    if agreement.cadence == Cadence.ONCE:
        return "paid" if agreement.status == AgreementStatus.PAID else "opened"
    if agreement.status in (AgreementStatus.OPENED, AgreementStatus.ABANDONED):
        return "opened"
    if agreement.status == AgreementStatus.ENDED:
        return "over"
    return "stopping" if agreement.cancel_at_period_end else "running"


def standing_words(agreement: Agreement) -> Text:
    """How it stands, and until when it is paid, in one line."""
    until = last_day(agreement)
    match standing_of(agreement):
        case "running":
            return Text("berjalan", "running")
        case "stopping":
            return _dated("berhenti, dibayar sampai {day}", "stopped, paid until {day}", until)
        case "over":
            return _dated("berakhir, dibayar sampai {day}", "ended, paid until {day}", until)
        case "paid":
            return Text("dibayar sekali", "paid once")
        case _:
            return Text("belum dibayar", "not paid yet")


def own_standing(agreement: Agreement) -> tuple[str, Text]:
    """As `standing_words` with its kind, for the sponsor: who is late is told."""
    if agreement.status == AgreementStatus.LATE and not agreement.cancel_at_period_end:
        return "late", Text("pembayaran terakhir gagal", "the last payment failed")
    if agreement.status == AgreementStatus.ABANDONED:
        return "over", Text("tidak jadi dibayar", "never paid")
    return standing_of(agreement), standing_words(agreement)


def month_name(day: date) -> str:
    """The month of a day, with its year, in the reader's language."""
    return format_date(day, format="MMMM yyyy", locale=current_language())


def day_text(day: date) -> Text:
    """A day in both languages."""
    with speaking("id"):
        by_id = show_date(day)
    with speaking("en"):
        return Text(by_id, show_date(day))


def _dated(by_id: str, by_en: str, day: date | None) -> Text:
    if day is None:
        return Text(by_id.partition(",")[0], by_en.partition(",")[0])
    return Text(by_id, by_en).format(day=day_text(day))
