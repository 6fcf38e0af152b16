"""The operators' pages beside Stripe's double: money that goes back, comparing at once, and whether the key works."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now
from lumbung.ids import new_id
from lumbung.money.bank import note_bank_payment
from lumbung.money.books import Transfer, post
from lumbung.money.chart import BookAccount
from lumbung.money.models import AgreementStatus, Payment, Refund, RefundStatus
from lumbung.money.refunds import refundable
from tests.browsing import browse
from tests.money_stage import MoneyStage
from tests.money_world import paid_agreement
from tests.world import World

Sessions = scoped_session[Session]
HUB = "lumbung.test"
MONEY = "/operator/money"


def test_an_operator_gives_money_back_and_the_receipt_tells_it(money: MoneyStage, world: World) -> None:
    agreement = money.paid(world.stranger)
    payment = money.session.scalars(select(Payment).where(Payment.agreement_id == agreement.id)).one()
    path, code = f"{MONEY}/payments/{payment.id}", payment.receipt_code
    operator = browse(money.app, HUB, world.operator)
    asked = operator.post_form(path, {"amount": "100.000", "reason": "Kelebihan"}, to=f"{path}/refund")
    assert asked.status_code == 303
    money.work()
    money.tell()
    page = operator.get(path).text
    assert "Selesai" in page
    assert "Rp 150.000" in page
    assert "Rp 100.000 sudah dikembalikan" in browse(money.app, HUB).get(f"/receipts/{code}").text
    assert operator.post_form(f"{MONEY}/reconciliation", {}).status_code == 303
    money.work()
    page = operator.get(f"{MONEY}/reconciliation").text
    assert "Cocok" in page
    assert "Perlu dilihat" not in page


def test_a_refund_that_comes_back_from_the_bank_can_be_given_again(money: MoneyStage, world: World) -> None:
    agreement = money.paid(world.stranger)
    payment = money.session.scalars(select(Payment).where(Payment.agreement_id == agreement.id)).one()
    path = f"{MONEY}/payments/{payment.id}"
    operator = browse(money.app, HUB, world.operator)
    operator.post_form(path, {"amount": "250000", "reason": "Batal"}, to=f"{path}/refund")
    money.work()
    refund = money.session.scalars(select(Refund)).one()
    assert refund.stripe_refund_id is not None
    money.stripe.fail_refund(refund.stripe_refund_id)
    money.tell()
    page = operator.get(path).text
    assert "Gagal" in page
    assert "Coba lagi sebagai pengembalian baru" in page
    assert "1 pembayaran memiliki pengembalian yang gagal" in operator.get(MONEY).text
    assert operator.post_form(path, {"amount": "250000"}, to=f"{path}/refund").status_code == 422
    again = operator.post_form(path, {"amount": "250000", "reason": "Batal"}, to=f"{path}/refund")
    assert again.status_code == 303
    money.work()
    assert refundable(money.session, payment) == 0


def test_whether_the_key_works_is_asked_of_stripe_itself(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    operator = browse(money.app, HUB, world.operator)
    setup = f"{MONEY}/setup"
    assert operator.post_form(setup, {}, to=f"{setup}/check").status_code == 303
    page = operator.get(setup).text
    assert "Stripe menjawab. Saldo di sana: Rp" in page
    assert "mode uji" in page
    assert money.stripe.key not in page
    money.stripe.fail_next("error", times=9)
    answer = operator.post_form(setup, {}, to=f"{setup}/check")
    assert answer.status_code == 503
    assert "tidak menjawab" in answer.text
    assert "terbuka, mode uji" in operator.get("/operator/health").text
    money.stripe.reset()


def test_who_pays_by_transfer_cannot_pay_by_card_as_well(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    assert agreement.stripe_session_id is not None
    note_bank_payment(money.session, agreement, amount=250_000, paid_at=now(), reference="TRF 7", by=None)
    money.session.commit()
    money.work()
    session = next(one for one in money.stripe.objects("checkout.session"))
    assert session["status"] == "expired"
    money.tell()
    assert agreement.status == AgreementStatus.PAID


def test_what_stripe_takes_before_it_is_done_counts_once(session: Sessions, world: World) -> None:
    agreement = paid_agreement(session, account_id=world.stranger.id)
    payment = session.scalars(select(Payment).where(Payment.agreement_id == agreement.id)).one()
    refund = Refund(payment_id=payment.id, amount=100_000, reason="x", status=RefundStatus.ASKED)
    refund.stripe_refund_id = f"re_{new_id().hex}"
    session.add(refund)
    session.flush()
    assert refundable(session, payment) == 150_000
    post(
        session,
        Transfer(
            at=now(),
            debit=BookAccount.SPONSORSHIP,
            credit=BookAccount.STRIPE,
            amount=100_000,
            source="txn_taken",
            kind="refund",
            payment_id=payment.id,
        ),
    )
    assert refundable(session, payment) == 150_000
