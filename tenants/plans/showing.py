"""What pages about programmes show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, show_date, t
from lumbung.money.agreements import get_agreement
from lumbung.money.models import Agreement, AgreementStatus, Payment
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import Plan
from tenants.plans.members import Found, list_members, search_municipalities
from tenants.plans.models import Programme, ProgrammeMember
from tenants.plans.programmes import OVER, plan_of, size_now
from tenants.plans.standing import is_paid, runs_until

_STATE: dict[str, tuple[Text, str]] = {
    AgreementStatus.OPENED: (Text("Menunggu pembayaran", "Waiting for payment"), "amber"),
    AgreementStatus.ACTIVE: (Text("Berjalan", "Running"), "green"),
    AgreementStatus.LATE: (Text("Pembayaran terlambat", "Payment is late"), "red"),
    AgreementStatus.ENDED: (Text("Berakhir", "Over"), "grey"),
    AgreementStatus.ABANDONED: (Text("Tidak jadi dibayar", "Never paid"), "grey"),
}


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """Everything on the page of one programme."""

    programme: Programme
    agreement: Agreement
    plan: Plan
    size: int
    paid: bool
    members: Sequence[tuple[ProgrammeMember, Municipality]]
    found: Sequence[Found]
    payments: Sequence[Payment]

    @property
    def over(self) -> bool:
        return self.agreement.status in OVER

    @property
    def open_places(self) -> int:
        """How many more may be added now, fewer where a smaller size is coming."""
        return max(0, min(self.size, self.programme.next_size or self.size) - len(self.members))


def programme_page(session: AnySession, programme: Programme, *, query: str = "") -> ProgrammePage:
    """What the holder of a programme sees of it: of its municipalities names and how full their limits are."""
    agreement = get_agreement(session, programme.agreement_id)
    paid = is_paid(programme, agreement)
    return ProgrammePage(
        programme=programme,
        agreement=agreement,
        plan=plan_of(programme),
        size=size_now(programme),
        paid=paid,
        members=list_members(session, programme),
        found=search_municipalities(session, query) if paid else [],
        payments=_payments(session, programme),
    )


def state_of(agreement: Agreement) -> tuple[str, str]:
    """How a programme stands in a word or two, and the colour of it."""
    if agreement.status == AgreementStatus.ACTIVE and agreement.cancel_at_period_end:
        return t("Akan berakhir", "Ending"), "amber"
    label, tone = _STATE.get(agreement.status, (Text(agreement.status, agreement.status), "grey"))
    return str(label), tone


def said_of(programme: Programme, agreement: Agreement) -> str:
    """How a programme stands, in a sentence."""
    until = runs_until(programme, agreement)
    day = show_date(until) if until else ""
    if agreement.status == AgreementStatus.LATE:
        return t(
            "Pembayaran terakhir gagal. Batas lebih besar berlaku sampai {day}; bayar sebelum itu agar tidak terputus.",
            "The last payment failed. The larger limits hold until {day}; pay before that so that nothing is cut.",
            day=day,
        )
    if agreement.status == AgreementStatus.ACTIVE and agreement.cancel_at_period_end:
        return t(
            "Berjalan sampai {day}, lalu berakhir. Tidak ada tagihan lagi.",
            "Runs until {day} and is over then. Nothing more is charged.",
            day=day,
        )
    if agreement.status == AgreementStatus.ACTIVE:
        return t("Dibayar sampai {day}, lalu setiap bulan.", "Paid until {day}, then every month.", day=day)
    if agreement.status == AgreementStatus.ENDED:
        return t("Berakhir {day}.", "Over since {day}.", day=day)
    if agreement.status == AgreementStatus.ABANDONED:
        return t("Belum pernah dibayar.", "It was never paid.")
    return t("Berjalan begitu pembayaran pertama diterima.", "It runs as soon as the first payment has come.")


def _payments(session: AnySession, programme: Programme) -> Sequence[Payment]:
    mine = select(Agreement.id).where(
        Agreement.subject_type == "programme", Agreement.subject_id == str(programme.id), Agreement.kind == "plan"
    )
    paid = select(Payment).where(Payment.agreement_id.in_(mine)).order_by(Payment.paid_at.desc(), Payment.id)
    return session.scalars(paid.limit(120)).all()
