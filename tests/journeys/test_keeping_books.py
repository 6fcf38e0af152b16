"""An operator reads what came, gives some of it back, and compares with Stripe; the payer's receipt tells it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from lumbung.local_stripe import LocalStripe
from lumbung.money.agreements import look_again
from lumbung.money.models import Payment
from tests.journeys.conftest import Person, Served
from tests.money_stage import MoneyStage, with_stripe

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_an_operator_keeps_the_books(served: Served, person: Callable[..., Person], local_stripe: LocalStripe) -> None:
    local_stripe.reset()
    with with_stripe(served.app, local_stripe):
        payment = _paid(served, local_stripe)
        _keep(served, person(), payment)
        _check(person(), payment)


def _paid(served: Served, stripe: LocalStripe) -> Payment:
    """Tangsel's hosting, sponsored by card."""
    subject = ("municipality", str(served.world.tangsel.id))
    agreement = MoneyStage(served.app, served.session, stripe).agree(served.world.stranger, subject=subject)
    assert agreement.stripe_session_id is not None
    stripe.pay(agreement.stripe_session_id)
    served.session.refresh(agreement)
    look_again(served.session, agreement)
    served.session.commit()
    served.work()
    return served.session.scalars(select(Payment)).one()


def _keep(served: Served, operator: Person, payment: Payment) -> None:
    page = operator.page
    operator.sign_in(served.world.operator, to="/operator/money")
    operator.see("at-a-glance")
    page.get_by_role("link", name="Laporan").click()
    page.get_by_label("Menurut").select_option("municipality")
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_text("Kota Tangerang Selatan").wait_for()
    operator.see("by-municipality")
    page.get_by_role("link", name="Rp 250.000").first.click()
    operator.see("rows-of-a-figure")
    operator.go(f"/operator/money/payments/{payment.id}")
    operator.see("a-payment")
    page.get_by_label("Jumlah").fill("100000")
    page.get_by_label("Alasan").fill("Kelebihan bayar")
    page.get_by_role("button", name="Kembalikan").click()
    page.get_by_role("dialog").get_by_role("button", name="Kembalikan").click()
    page.get_by_text("Pengembalian diminta.").wait_for()
    served.work()
    page.reload()
    page.get_by_text("Selesai", exact=True).wait_for()
    operator.see("given-back")
    operator.go("/operator/money/reconciliation")
    page.get_by_role("button", name="Bandingkan sekarang").click()
    page.get_by_text("Pembandingan diminta").wait_for()
    served.work()
    page.reload()
    page.get_by_text("Cocok", exact=True).wait_for()
    operator.see("compared")
    operator.go("/operator/money/setup")
    operator.see("set-up")


def _check(anybody: Person, payment: Payment) -> None:
    page = anybody.page
    anybody.go("/receipts")
    page.get_by_label("Kode kuitansi").fill(payment.receipt_code.lower())
    page.get_by_role("button", name="Periksa").click()
    page.get_by_text("Rp 100.000 sudah dikembalikan").wait_for()
    page.get_by_label("Nama pada kuitansi").fill(payment.payer_name)
    page.get_by_role("button", name="Cocokkan").click()
    page.get_by_text("Nama itu sama dengan nama pembayar").wait_for()
    anybody.see("a-receipt")
