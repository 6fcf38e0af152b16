"""Receipts: genuine or not for everybody, the payer's name for the payer and operators alone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.money.bank import note_bank_payment
from lumbung.money.models import Agreement, AgreementStatus, Payment
from lumbung.money.refunds import ask_refund
from lumbung.money.words import rupiah_in_words
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.money_world import paid_agreement
from tests.world import World

Sessions = scoped_session[Session]
HUB = "lumbung.test"
AT = datetime(2026, 5, 4, 3, tzinfo=UTC)


@pytest.fixture
def payment(session: Sessions, world: World) -> Payment:
    """What Wati paid by card."""
    agreement = paid_agreement(session, account_id=world.stranger.id, at=AT, payer_name="PT Sinar  Pagi")
    session.commit()
    return _of(session, agreement)


def _of(session: Sessions, agreement: Agreement) -> Payment:
    return session.scalars(select(Payment).where(Payment.agreement_id == agreement.id)).one()


def test_everybody_sees_that_a_receipt_is_genuine_and_nobody_who_paid(
    app: LumbungFlask, world: World, payment: Payment
) -> None:
    anybody = browse(app, HUB)
    typed = payment.receipt_code.replace("-", " ").lower()
    led = anybody.post_form("/receipts", {"code": typed})
    assert led.location.endswith(f"/receipts/{payment.receipt_code}")
    page = anybody.get(led.location)
    for told in ("Kuitansi ini sah", payment.receipt_number, "Rp 250.000", "Sponsor Lumbung", "4 Mei 2026"):
        assert told in page.text
    assert "Sinar" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    other = browse(app, HUB, world.tangsel.accounts["admin"])
    assert "Sinar" not in other.get(led.location).text
    for account in (world.stranger, world.operator):
        assert "PT Sinar  Pagi" in browse(app, HUB, account).get(led.location).text


def test_the_name_on_a_paper_can_be_compared(app: LumbungFlask, payment: Payment) -> None:
    page, anybody = f"/receipts/{payment.receipt_code}", browse(app, HUB)
    assert "Nama itu sama" in anybody.post_form(page, {"name": "pt sinar pagi "}).text
    assert "Nama itu bukan" in anybody.post_form(page, {"name": "PT Sinar Sore"}).text
    assert anybody.post_form(page, {"name": " "}).status_code == 422


@pytest.mark.parametrize(("code", "status"), [("ABCD-EFGH-JKMN-P", 422), ("x", 422), ("0000-0000-0000-0", 404)])
def test_a_forged_code_is_told_apart_from_a_slip(app: LumbungFlask, code: str, status: int) -> None:
    for answer in (browse(app, HUB).get(f"/receipts/{code}"), browse(app, HUB).post_form("/receipts", {"code": code})):
        assert answer.status_code == status
        assert ("palsu" in answer.text) == (status == 404)


def test_the_paper_is_for_the_payer_and_operators_and_always_the_same(
    app: LumbungFlask, world: World, payment: Payment
) -> None:
    path = f"/receipts/{payment.receipt_code}.pdf"
    papers = [browse(app, HUB, account).get(path) for account in (world.stranger, world.operator, world.stranger)]
    assert {paper.status_code for paper in papers} == {200}
    assert papers[0].data.startswith(b"%PDF-")
    assert len({hashlib.sha256(paper.data).hexdigest() for paper in papers}) == 1
    admin = browse(app, HUB, world.tangsel.accounts["admin"])
    missing = admin.get("/receipts/0000-0000-0000-0.pdf")
    assert (admin.get(path).status_code, missing.status_code) == (404, 404)
    assert browse(app, HUB).get(path).status_code == 302
    assert papers[0].data != browse(app, HUB, world.stranger).get(path + "?lang=en").data


def test_what_went_back_stands_on_the_receipt(app: LumbungFlask, session: Sessions, world: World) -> None:
    agreement = paid_agreement(session, at=AT)
    # Another one of the same payer, by transfer.
    agreement.status = AgreementStatus.OPENED
    paid = note_bank_payment(session, agreement, amount=900_000, paid_at=AT, reference="TRF", by=None)
    ask_refund(session, paid.id, amount=400_000, reason="Kelebihan", seen=900_000, by=None)
    session.commit()
    page = browse(app, HUB).get(f"/receipts/{paid.receipt_code}").text
    assert "Rp 400.000 sudah dikembalikan" in page
    assert "Transfer ke rekening bank" in page
    assert "Kelebihan" not in page
    operator = browse(app, HUB, world.operator)
    before = operator.get(f"/receipts/{paid.receipt_code}.pdf").data
    ask_refund(session, paid.id, amount=500_000, reason="Sisanya", seen=500_000, by=None)
    session.commit()
    assert "seluruh uangnya" in browse(app, HUB).get(f"/receipts/{paid.receipt_code}").text
    assert operator.get(f"/receipts/{paid.receipt_code}.pdf").data != before


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [
        (250_000, "dua ratus lima puluh ribu", "two hundred fifty thousand"),
        (1_001, "seribu satu", "one thousand one"),
        (11_111, "sebelas ribu seratus sebelas", "eleven thousand one hundred eleven"),
        (1_100_000, "satu juta seratus ribu", "one million one hundred thousand"),
        (1_919, "seribu sembilan ratus sembilan belas", "one thousand nine hundred nineteen"),
        (
            21_000_000_042,
            "dua puluh satu miliar empat puluh dua",
            "twenty-one billion forty-two",
        ),
        (1_000_000_000_000, "satu triliun", "one trillion"),
        (0, "nol", "zero"),
    ],
)
def test_amounts_are_written_in_words(amount: int, indonesian: str, english: str) -> None:
    assert rupiah_in_words(amount, "id") == f"{indonesian} rupiah"
    assert rupiah_in_words(amount, "en") == f"{english} rupiah"
    with pytest.raises(ValueError, match="words"):
        rupiah_in_words(-1, "id")
