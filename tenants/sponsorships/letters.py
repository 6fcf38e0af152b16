"""What follows when a sponsor's agreement changed: the record appears, and the sponsor is told once of each thing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, show_rupiah
from lumbung.ids import new_id
from lumbung.messages.telling import tell_each
from lumbung.money.agreements import RUNNING, agreement_handler
from lumbung.money.cards import refused_card_handler
from lumbung.money.models import Agreement, AgreementStatus, Cadence, Payment, Refund, RefundStatus
from lumbung.outbox import periodic
from lumbung.web.sites import hub_origin
from tenants.accounts.models import Account
from tenants.sponsorships.models import SponsorLetter, Sponsorship
from tenants.sponsorships.services import KIND
from tenants.sponsorships.standing import day_of, day_text, last_day
from tenants.sponsorships.targets import describe_targets


@agreement_handler(KIND)
def follow(session: AnySession, agreement: Agreement) -> None:
    """Let the public record and the letters follow an agreement. The agreement is locked by whoever changed it."""
    mine = select(Sponsorship).where(Sponsorship.agreement_id == agreement.id)
    sponsorship = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if sponsorship is None:
        return
    payments = session.scalars(
        select(Payment).where(Payment.agreement_id == agreement.id).order_by(Payment.paid_at, Payment.id)
    ).all()
    if payments and sponsorship.since is None:
        sponsorship.since = day_of(payments[0].paid_at)
        session.flush()
    for payment in payments:
        _tell(session, sponsorship, agreement, f"payment:{payment.id}", *_thanks(sponsorship, agreement, payment))
    given_back = select(Refund).where(
        Refund.payment_id.in_([one.id for one in payments]), Refund.status == RefundStatus.DONE
    )
    for refund in session.scalars(given_back.order_by(Refund.id)) if payments else ():
        _tell(session, sponsorship, agreement, f"refund:{refund.id}", *_given_back(agreement, refund))
    if agreement.status == AgreementStatus.LATE:
        _tell(session, sponsorship, agreement, f"late:{agreement.paid_until}", *_late(sponsorship, agreement))
    if agreement.status == AgreementStatus.ENDED and payments:
        _tell(session, sponsorship, agreement, "ended", *_ended(sponsorship, agreement))


@refused_card_handler(KIND)
def follow_card(session: AnySession, agreement: Agreement, card: str) -> None:
    """Tell the sponsor that a new card did not pay what is owed, once for each card."""
    mine = select(Sponsorship).where(Sponsorship.agreement_id == agreement.id)
    sponsorship = session.scalars(mine).one_or_none()
    if sponsorship is not None:
        _tell(session, sponsorship, agreement, f"refused:{card}", *_refused(sponsorship, agreement))


@periodic(24 * 3600, name="tell-sponsors-of-closed-targets", per_tenant=False)
def tell_of_closed_targets(session: AnySession) -> None:
    """Tell who still pays monthly for what was closed or taken away; once for each time that it is found closed."""
    rows = session.execute(
        select(Sponsorship, Agreement)
        .join(Agreement, Agreement.id == Sponsorship.agreement_id)
        .where(Agreement.status.in_(RUNNING), Agreement.cancel_at_period_end.is_(False))
        .order_by(Sponsorship.id)
    ).all()
    targets = describe_targets(session, {(one.target_type, one.target_id) for one, _ in rows})
    for sponsorship, agreement in rows:
        target = targets[sponsorship.target_type, sponsorship.target_id]
        if target.closed is not None:
            about = f"closed:{last_day(agreement)}"
            _tell(session, sponsorship, agreement, about, *_closed(sponsorship, agreement, target.closed))


def _tell(
    session: AnySession, sponsorship: Sponsorship, agreement: Agreement, about: str, subject: Text, text: Text
) -> None:
    made = session.execute(
        insert(SponsorLetter)
        .values(id=new_id(), created_at=now(), sponsorship_id=sponsorship.id, about=about)
        .on_conflict_do_nothing(index_elements=["sponsorship_id", "about"])
        .returning(SponsorLetter.id)
    ).scalar()
    account = session.get(Account, agreement.account_id)
    if made is None or account is None or account.disabled_at is not None:
        return
    signed = Text.paragraphs(
        Text(f"Yth. {agreement.payer_name},", f"Dear {agreement.payer_name},"), text, Text("Lumbung", "Lumbung")
    )
    tell_each(session, [account], subject=subject, text=signed, about=("sponsorship", sponsorship.id))


def _thanks(sponsorship: Sponsorship, agreement: Agreement, payment: Payment) -> tuple[Text, Text]:
    amount = show_rupiah(payment.amount)
    receipt = f"{hub_origin()}/receipts/{payment.receipt_code}.pdf"
    record = f"{hub_origin()}/sponsors/{sponsorship.code}"
    paid = Text(
        "Terima kasih. Pembayaran {amount} pada {day} sudah kami terima untuk: {what}.",
        "Thank you. We have received your payment of {amount} on {day} for: {what}.",
    ).format(amount=amount, day=day_text(day_of(payment.paid_at)), what=payment.description)
    kuitansi = Text(f"Kuitansi {payment.receipt_number}:\n{receipt}", f"Receipt {payment.receipt_number}:\n{receipt}")
    if sponsorship.anonymous:
        seen = Text(
            "Nama Anda tidak ditampilkan. Yang dilihat umum hanya tanggal dan jumlahnya:\n" + record,
            "Your name is not shown. Others see only the day and the amount:\n" + record,
        )
    else:
        seen = Text("Catatan publiknya:\n" + record, "Its public record:\n" + record)
    monthly = None
    if agreement.cadence == Cadence.MONTHLY:
        monthly = Text(
            "Sponsor bulanan dapat dihentikan kapan saja, dan berjalan sampai akhir bulan yang sudah dibayar:\n"
            + _own(sponsorship),
            "A monthly sponsorship can be stopped at any time, and runs to the end of the paid month:\n"
            + _own(sponsorship),
        )
    subject = Text(f"Terima kasih: kuitansi {payment.receipt_number}", f"Thank you: receipt {payment.receipt_number}")
    return subject, Text.paragraphs(paid, kuitansi, seen, monthly)


def _given_back(agreement: Agreement, refund: Refund) -> tuple[Text, Text]:
    amount = show_rupiah(refund.amount)
    subject = Text(f"Dikembalikan: {amount}", f"Given back: {amount}")
    return subject, Text(
        f"{amount} dari sponsor Anda ({agreement.description}) sudah dikembalikan. Sampai di rekening atau kartu Anda "
        "biasanya dalam 5–10 hari kerja.",
        f"{amount} of your sponsorship ({agreement.description}) was given back. It usually reaches your account or "
        "card within 5–10 working days.",
    )


def _late(sponsorship: Sponsorship, agreement: Agreement) -> tuple[Text, Text]:
    subject = Text("Pembayaran sponsor bulan ini gagal", "This month’s sponsorship payment failed")
    return subject, Text(
        f"Pembayaran {show_rupiah(agreement.amount)} untuk {agreement.description} belum berhasil; biasanya karena "
        "kartu kedaluwarsa atau dananya kurang. Stripe akan mencobanya lagi beberapa hari ke depan; tidak ada yang "
        "hilang bila nanti berhasil.\n\nBila kartunya kedaluwarsa atau ditolak, ganti kartunya di sini:\n"
        + _own(sponsorship),
        f"The payment of {show_rupiah(agreement.amount)} for {agreement.description} has not gone through, usually "
        "because a card expired or lacks funds. Stripe tries again over the next days; nothing is lost when it "
        "succeeds.\n\nIf the card has expired or is declined, change it here:\n" + _own(sponsorship),
    )


def _refused(sponsorship: Sponsorship, agreement: Agreement) -> tuple[Text, Text]:
    subject = Text("Kartu baru Anda belum berhasil", "Your new card has not paid")
    return subject, Text(
        f"Bank menolak pembayaran untuk {agreement.description} dengan kartu baru, atau meminta persetujuan Anda "
        "dahulu. Tagihannya dapat dibayar di halaman Stripe, juga dengan kartu lain:\n"
        + _own(sponsorship)
        + "/invoice",
        f"The bank refused the payment for {agreement.description} with the new card, or asks for your approval "
        "first. The invoice can be paid on Stripe’s page, also with another card:\n" + _own(sponsorship) + "/invoice",
    )


def _ended(sponsorship: Sponsorship, agreement: Agreement) -> tuple[Text, Text]:
    subject = Text("Sponsor bulanan Anda sudah berakhir", "Your monthly sponsorship has ended")
    until = last_day(agreement)
    paid = (
        Text(" Dibayar sampai {day}.", " It was paid until {day}.").format(day=day_text(until))
        if until
        else Text("", "")
    )
    text = Text(
        "{what} sudah berakhir; tidak ada lagi yang ditagih.{paid} Terima kasih atas dukungannya. Kuitansi dan laporan "
        "tahunan tetap ada di:\n{link}",
        "{what} has ended; nothing is charged any more.{paid} Thank you for your support. Receipts and yearly reports "
        "stay at:\n{link}",
    ).format(what=agreement.description, paid=paid, link=_own(sponsorship))
    return subject, text


def _closed(sponsorship: Sponsorship, agreement: Agreement, why: Text) -> tuple[Text, Text]:
    subject = Text("Yang Anda sponsori sedang tidak tersedia", "What you sponsor is not available")
    text = Text(
        "{why}\n\nSponsor Anda ({what}) masih berjalan. Anda dapat menghentikannya kapan saja, dan meminta bulan ini "
        "dikembalikan:\n{link}",
        "{why}\n\nYour sponsorship ({what}) still runs. You can stop it at any time, and ask for this month’s money "
        "back:\n{link}",
    ).format(why=why, what=agreement.description, link=_own(sponsorship))
    return subject, text


def _own(sponsorship: Sponsorship) -> str:
    return f"{hub_origin()}/me/sponsorships/{sponsorship.id}"
