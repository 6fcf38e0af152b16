"""Sponsoring through the pages: paid, told, changed, stopped, and reported by the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.i18n import show_date
from lumbung.local_stripe.errors import Refused
from lumbung.messages.models import PlatformMessage
from lumbung.money.agreements import tell_of_change
from lumbung.money.bank import note_bank_payment
from lumbung.money.models import Agreement, AgreementStatus, Cadence, Payment
from lumbung.web.sites import LumbungFlask
from tenants.sponsorships.models import Sponsorship
from tenants.sponsorships.standing import day_of
from tests.browsing import browse
from tests.money_stage import MoneyStage
from tests.sponsoring import NEW, TYPED, letters, pay, sponsor
from tests.world import World

AnySession = scoped_session[Session]


def test_what_was_typed_waits_for_who_signs_in(app: LumbungFlask, session: AnySession, world: World) -> None:
    browser = browse(app)
    answer = browser.post_form(NEW, TYPED, to="/sponsors/new")
    assert answer.status_code == 303
    back = parse_qs(urlsplit(answer.location).query)["next"][0]
    assert back.startswith("/sponsors/new?for=municipality%3Atangsel&typed=")
    assert "Padi" not in answer.location
    assert session.scalar(select(func.count()).select_from(Sponsorship)) == 0
    browser.sign_in(world.stranger)
    page = browser.get(back).text
    assert 'value="PT Padi Jaya"' in page
    assert "Rp 1.250.000" in page
    assert "Untuk warga Tangsel" in page
    assert browser.get(f"{NEW}&typed=garbage").status_code == 200


def test_without_keys_a_sponsorship_is_paid_to_the_bank(app: LumbungFlask, session: AnySession, world: World) -> None:
    browser = browse(app, account=world.stranger)
    answer = browser.post_form(NEW, TYPED, to="/sponsors/new")
    assert answer.status_code == 303
    sponsorship = session.scalars(select(Sponsorship)).one()
    own = browser.get(answer.location).text
    assert sponsorship.code in own
    assert "Bayar lewat bank" in own
    public = f"/sponsors/{sponsorship.code}"
    assert browser.get(public).status_code == 404
    assert "Belum ada sponsor" in browser.get("/sponsors").text
    agreement = session.get_one(Agreement, sponsorship.agreement_id)
    note_bank_payment(session, agreement, amount=1_250_000, paid_at=now(), reference="TRF 1", by=world.operator.id)
    session.commit()
    shown = browse(app).get(public)
    assert shown.status_code == 200
    for part in ("PT Padi Jaya", "Hosting Kota Tangerang Selatan", "Rp 1.250.000", "KW/", "Untuk warga Tangsel"):
        assert part in shown.text, part
    assert [one for one in letters(session) if "Terima kasih" in one] == letters(session)
    listed = browse(app).get("/sponsors").text
    assert "PT Padi Jaya" in listed
    assert "PT Padi Jaya" in browse(app).get("/regions/36.74").text


@pytest.mark.parametrize("amount", ["", "0", "-5", "19.999", "1,5", "12e9", "9" * 30, "seribu", "200.000.000.000"])
def test_an_amount_out_of_bounds_is_said_so_and_kept(
    app: LumbungFlask, session: AnySession, world: World, amount: str
) -> None:
    browser = browse(app, account=world.stranger)
    answer = browser.post_form(NEW, {**TYPED, "other": amount}, to="/sponsors/new")
    assert answer.status_code == 422
    assert "Isi antara Rp" in answer.text
    assert 'value="PT Padi Jaya"' in answer.text
    assert session.scalar(select(func.count()).select_from(Sponsorship)) == 0


def test_a_monthly_sponsorship_is_changed_stopped_and_continued(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    with set_clock(datetime(2026, 11, 23, 5, tzinfo=UTC)):
        own = pay(session, sponsor(session, world.stranger))
        browser, page = browse(app, account=world.stranger), f"/me/sponsorships/{own.sponsorship.id}"
        assert browser.post_form(page, {"amount": "5"}, to=f"{page}/amount").status_code == 422
        assert browser.post_form(page, {"amount": "2.000.000"}, to=f"{page}/amount").status_code == 303
        assert "23 Desember 2026" in browser.get(f"{page}/stop").text
        assert browser.post_form(f"{page}/stop").status_code == 303
        session.expire_all()
        assert (own.agreement.amount, own.agreement.cancel_at_period_end) == (2_000_000, True)
        assert "berhenti, dibayar sampai 23 Desember 2026" in browse(app).get(f"/sponsors/{own.sponsorship.code}").text
        english = browse(app).get(f"/sponsors/{own.sponsorship.code}?lang=en").text
        assert "stopped, paid until December 23, 2026" in english
        assert browser.post_form(page, to=f"{page}/continue").status_code == 303
        session.expire_all()
        assert own.agreement.cancel_at_period_end is False
    once = pay(session, sponsor(session, world.stranger, "platform", cadence=Cadence.ONCE))
    page = f"/me/sponsorships/{once.sponsorship.id}"
    refused = browser.follow(browser.post(f"{page}/stop", {"csrf_token": _token(browser.get(page).text)}))
    assert "tidak ada yang perlu dihentikan" in refused.text


def test_what_nobody_paid_is_taken_back(
    app: LumbungFlask, money: MoneyStage, session: AnySession, world: World
) -> None:
    browser = browse(app, account=world.stranger)
    assert browser.post_form(NEW, TYPED, to="/sponsors/new").status_code == 303
    sponsorship = session.scalars(select(Sponsorship)).one()
    page = f"/me/sponsorships/{sponsorship.id}"
    assert "Dibatalkan" in browser.follow(browser.post_form(page, to=f"{page}/withdraw")).text
    money.work()
    assert [one["status"] for one in money.stripe.objects("checkout.session")] == ["expired"]
    assert page not in browser.get("/me/sponsorships").text
    paid = pay(session, sponsor(session, world.stranger))
    page = f"/me/sponsorships/{paid.sponsorship.id}"
    browser.post_form(page, to=f"{page}/withdraw")
    session.expire_all()
    assert paid.agreement.status == AgreementStatus.ACTIVE


def test_each_thing_is_told_in_one_letter(app: LumbungFlask, session: AnySession, world: World) -> None:
    world.stranger.language = "en"
    own = pay(session, sponsor(session, world.stranger))
    for _ in range(3):
        tell_of_change(session, own.agreement)
    assert len(letters(session)) == 1
    assert letters(session)[0].startswith("Thank you: receipt KW/")
    own.agreement.status = AgreementStatus.LATE
    tell_of_change(session, own.agreement)
    tell_of_change(session, own.agreement)
    assert letters(session)[1:] == ["This month’s sponsorship payment failed"]
    payment = session.scalars(select(Payment)).one()
    own.agreement.status, own.agreement.ended_at = AgreementStatus.ENDED, now()
    tell_of_change(session, own.agreement)
    tell_of_change(session, own.agreement)
    session.commit()
    assert letters(session)[2:] == ["Your monthly sponsorship has ended"]
    text = session.scalars(select(PlatformMessage.text).order_by(PlatformMessage.id)).first() or ""
    assert f"/receipts/{payment.receipt_code}.pdf" in text
    assert f"/sponsors/{own.sponsorship.code}" in text


def test_the_report_of_a_year_is_the_same_again(app: LumbungFlask, session: AnySession, world: World) -> None:
    at = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    own = pay(session, sponsor(session, world.stranger), at=at)
    with set_clock(at + timedelta(days=32)):
        pay(session, own, at=at + timedelta(hours=1))
    browser = browse(app, account=world.stranger)
    first = browser.get("/me/sponsorships/report/2026.pdf")
    assert first.status_code == 200
    assert first.data.startswith(b"%PDF-")
    assert browser.get("/me/sponsorships/report/2026.pdf").data == first.data
    assert browser.get("/me/sponsorships/report/2027.pdf").data != first.data
    assert browser.get("/me/sponsorships/report/2025.pdf").status_code == 404
    assert browse(app, account=world.operator).get("/me/sponsorships/report/2026.pdf").status_code == 404


def test_the_name_is_changed_at_any_time(app: LumbungFlask, session: AnySession, world: World) -> None:
    own = pay(session, sponsor(session, world.stranger))
    browser = browse(app, account=world.stranger)
    assert browser.post_form("/me/sponsorships", {"name": "Yayasan Baru", "kind": "grant_giver"}).status_code == 303
    assert browser.post_form("/me/sponsorships", {"name": ""}).status_code == 422
    session.expire_all()
    assert own.agreement.payer_name == "Yayasan Baru"
    shown = browse(app).get(f"/sponsors/{own.sponsorship.code}").text
    assert "Yayasan Baru" in shown
    assert "PT Padi Jaya" not in shown


def test_stripe_is_paid_monthly_and_the_record_says_until_when(
    app: LumbungFlask, money: MoneyStage, session: AnySession, world: World
) -> None:
    browser = browse(app, account=world.stranger)
    answer = browser.post_form(NEW, {**TYPED, "cadence": "monthly"}, to="/sponsors/new")
    assert answer.status_code == 303
    assert answer.location.startswith(money.stripe.base)
    sponsorship = session.scalars(select(Sponsorship)).one()
    own, public = f"/me/sponsorships/{sponsorship.id}", f"/sponsors/{sponsorship.code}"
    # Coming back proves nothing.
    page = browser.follow(browser.get(f"{own}/returned"))
    assert "sedang diperiksa" in page.text
    assert "HX-Refresh" not in browser.get(f"{own}/standing").headers
    assert browser.get(public).status_code == 404
    agreement = session.get_one(Agreement, sponsorship.agreement_id)
    money.pay(agreement)
    assert browser.get(f"{own}/standing").headers["HX-Refresh"] == "true"
    assert "berjalan" in browse(app).get(public).text
    money.advance(days=32)
    assert letters(session).count("Terima kasih: kuitansi KW/2026/000002") == 1
    assert len(letters(session)) == 2
    assert browser.post_form(f"{own}/stop").status_code == 303
    money.work()
    money.tell()
    session.expire_all()
    until = agreement.paid_until
    assert until is not None
    assert f"berhenti, dibayar sampai {show_date(day_of(until))}" in browse(app).get(public).text
    money.advance(days=32)
    shown = browse(app).get(public).text
    assert f"berakhir, dibayar sampai {show_date(day_of(until))}" in shown
    assert "Rp 2.500.000" in shown
    assert letters(session)[-1] == "Sponsor bulanan Anda sudah berakhir"


def test_a_card_that_failed_is_changed_and_the_month_is_paid(
    app: LumbungFlask, money: MoneyStage, session: AnySession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browse(app, account=world.stranger)
    browser.post_form(NEW, {**TYPED, "cadence": "monthly"}, to="/sponsors/new")
    sponsorship = session.scalars(select(Sponsorship)).one()
    own = f"/me/sponsorships/{sponsorship.id}"
    assert "Ganti kartu" not in browser.get(own).text
    agreement = session.get_one(Agreement, sponsorship.agreement_id)
    money.pay(agreement, card="4000000000000341")
    assert "Ganti kartu" in browser.get(own).text
    money.advance(days=32)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(app, "lumbung", replace(app.lumbung, stripe_portal_origin="https://kartu.test"))
        page = browser.get(own)
    assert "Pembayaran bulan ini belum berhasil" in page.text
    # Browsers hold the redirect of a form to this list.
    assert " https://kartu.test;" in page.headers["Content-Security-Policy"]
    asked = browser.post_form(own, to=f"{own}/card")
    assert asked.status_code == 303
    assert asked.location.startswith(f"{money.stripe.base}/p/session/")
    money.stripe.change_card(asked.location.rpartition("/")[2])
    [portal] = money.stripe.objects("billing_portal.session")
    back = portal["flow"]["after_completion"]["redirect"]["return_url"]
    assert back == f"https://lumbung.test{own}/card"
    assert portal["return_url"] == f"https://lumbung.test{own}"
    assert "kartu mana yang baru" in browser.follow(browser.get(back)).text
    session.rollback()
    money.work()
    money.tell()
    session.expire_all()
    assert agreement.status == AgreementStatus.ACTIVE
    assert "Pembayaran bulan ini belum berhasil" not in browser.get(own).text
    assert letters(session).count("Pembayaran sponsor bulan ini gagal") == 1
    money.stripe.fail_next("error", times=9, path="/v1/billing_portal")
    assert "tidak menjawab" in browser.follow(browser.post_form(own, to=f"{own}/card")).text
    # What is to end is charged to no card any more.
    browser.post_form(f"{own}/stop")
    assert "Ganti kartu" not in browser.get(own).text
    token = {"csrf_token": _token(browser.get(own).text)}
    assert "tidak ada kartu yang perlu diganti" in browser.follow(browser.post(f"{own}/card", data=token)).text
    assert "kartu mana yang baru" not in browser.follow(browser.get(f"{own}/card")).text


def test_a_new_card_that_is_declined_is_told_and_any_card_pays_the_invoice(
    app: LumbungFlask, money: MoneyStage, session: AnySession, world: World
) -> None:
    browser = browse(app, account=world.stranger)
    browser.post_form(NEW, {**TYPED, "cadence": "monthly"}, to="/sponsors/new")
    sponsorship = session.scalars(select(Sponsorship)).one()
    own = f"/me/sponsorships/{sponsorship.id}"
    money.pay(session.get_one(Agreement, sponsorship.agreement_id), card="4000000000000341")
    assert "Bayar tagihan" not in browser.get(own).text
    assert "Tidak ada tagihan" in browser.follow(browser.get(f"{own}/invoice")).text
    money.advance(days=32)
    assert f"{own}/invoice" in browser.get(own).text
    asked = browser.post_form(own, to=f"{own}/card")
    money.stripe.change_card(asked.location.rpartition("/")[2], card="4000000000000341")
    for _ in range(3):
        money.tell()
    assert letters(session).count("Kartu baru Anda belum berhasil") == 1
    led = browser.get(f"{own}/invoice")
    [owed] = [one for one in money.stripe.objects("invoice") if one["status"] == "open"]
    assert (led.status_code, led.location) == (303, owed["hosted_invoice_url"])
    money.stripe.fail_next("error", times=9, path="/v1/invoices")
    assert "tidak menjawab" in browser.follow(browser.get(f"{own}/invoice")).text
    other = browse(app, account=world.operator)
    assert other.get(f"{own}/invoice").status_code == 404


def test_an_old_tab_cannot_pay_for_what_was_taken_back(
    money: MoneyStage, app: LumbungFlask, session: AnySession, world: World
) -> None:
    browser = browse(app, account=world.stranger)
    opened = browser.post_form(NEW, TYPED, to="/sponsors/new").location.rpartition("/")[2]
    own = f"/me/sponsorships/{session.scalars(select(Sponsorship.id)).one()}"
    session.rollback()
    money.stripe.fail_next("error", times=3, path="/v1/checkout/sessions")
    assert "tidak menjawab" in browser.follow(browser.post_form(own, to=f"{own}/withdraw")).text
    assert "Dibatalkan" in browser.follow(browser.post_form(own, to=f"{own}/withdraw")).text
    with pytest.raises(Refused, match="expired"):
        money.stripe.pay(opened)
    # Paid in one tab, taken back in another: the payment stands, and the page says so.
    opened = browser.post_form(NEW, TYPED, to="/sponsors/new").location.rpartition("/")[2]
    newest = session.scalars(select(Sponsorship).order_by(Sponsorship.id.desc()).limit(1)).one()
    own, agreement_id = f"/me/sponsorships/{newest.id}", newest.agreement_id
    session.rollback()
    money.stripe.pay(opened)
    assert "sudah masuk" in browser.follow(browser.post_form(own, to=f"{own}/withdraw")).text
    money.work()
    assert session.get_one(Agreement, agreement_id).status == AgreementStatus.PAID


def test_what_stripe_cannot_open_now_waits_to_be_paid(
    app: LumbungFlask, money: MoneyStage, session: AnySession, world: World
) -> None:
    money.stripe.fail_next("error", times=9, path="/v1/checkout/sessions")
    browser = browse(app, account=world.stranger)
    answer = browser.follow(browser.post_form(NEW, TYPED, to="/sponsors/new"))
    assert "tidak menjawab" in answer.text
    sponsorship = session.scalars(select(Sponsorship)).one()
    own = f"/me/sponsorships/{sponsorship.id}"
    money.stripe.reset()
    session.rollback()
    assert browser.post_form(own, to=f"{own}/pay").status_code == 303


def _token(page: str) -> str:
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
