"""The pages of plans: from the table of prices to a programme that is paid, changed and ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.ids import new_id
from lumbung.messages.models import PlatformMessage
from lumbung.money.agreements import get_agreement
from lumbung.money.bank import note_bank_payment
from lumbung.money.errors import CannotChange
from lumbung.money.models import AgreementStatus, Payment
from lumbung.web.sites import LumbungFlask
from tenants.plans.members import add_member
from tenants.plans.models import Programme, ProgrammeMember
from tenants.plans.standing import standing_of
from tests.browsing import Browser, browse
from tests.money_stage import MoneyStage
from tests.tenants.plans.programme_world import paid_programme
from tests.world import World

Db = scoped_session[Session]
NEW = {"name": "Provinsi Banten", "size": "10", "description": "Layanan digital untuk semua kota"}


@pytest.fixture
def holder(app: LumbungFlask, world: World) -> Browser:
    return browse(app, "lumbung.test", world.stranger)


def the_programme(session: Db) -> Programme:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Programme)).one()


def test_everybody_reads_what_it_costs_and_that_it_costs_municipalities_nothing(
    app: LumbungFlask, world: World
) -> None:
    visitor = browse(app, "lumbung.test")
    assert 'href="/plans"' in visitor.get("/").text
    page = visitor.get("/plans").text
    for shown in ("Gratis, selamanya", "20 GB", "100 GB", "250.000", "Rp 2.500.000", "Rp 8.000.000", "14 hari"):
        assert shown in page, shown
    assert "Free, permanently" in visitor.get("/plans?lang=en").text
    assert visitor.get("/plans/partner/new").headers["Location"].startswith("/sign-in")


def test_what_is_no_plan_is_not_found_and_mistakes_are_shown(holder: Browser) -> None:
    for kind in ("partner", "gratis"):
        assert holder.get(f"/plans/{kind}/new").status_code == 404
    refused = holder.post_form("/plans/province/new", {"name": "", "size": "11"})
    assert refused.status_code == 422
    assert "Bagian ini belum diisi" in refused.text
    assert "Pilih salah satu" in refused.text


def test_without_keys_a_programme_is_kept_and_paid_by_bank(session: Db, world: World, holder: Browser) -> None:
    assert "belum dibuka" in holder.get("/plans/province/new").text
    made = holder.post_form("/plans/province/new", NEW)
    programme = the_programme(session)
    at = f"/me/programmes/{programme.id}"
    assert urlsplit(made.headers["Location"]).path == at
    assert str(programme.agreement_id) in holder.get(at).text
    paying = holder.post_form(at, {}, to=f"{at}/pay") if "/pay" in holder.get(at).text else None
    assert paying is None
    agreement = get_agreement(session, programme.agreement_id)
    note_bank_payment(
        session, agreement, amount=2_500_000, paid_at=datetime.now(UTC), reference="TRF 1", by=world.operator.id
    )
    session.commit()
    assert "Dibayar sampai" in holder.get(at).text
    assert "KW/" in holder.get(at).text


def test_a_province_takes_a_plan_changes_it_and_ends_it(
    app: LumbungFlask, session: Db, money: MoneyStage, world: World, holder: Browser
) -> None:
    opened = holder.post_form("/plans/province/new", NEW)
    assert opened.headers["Location"].startswith(money.stripe.base)
    programme = the_programme(session)
    at = f"/me/programmes/{programme.id}"
    assert "sedang diperiksa" in holder.get(f"{at}/checking").text
    assert "HX-Redirect" not in holder.get(f"{at}/state").headers
    assert holder.post_form(at, {"municipality_id": world.tangsel.id}, to=f"{at}/members").status_code == 409
    session.rollback()
    agreement = get_agreement(session, programme.agreement_id)
    money.pay(agreement)
    assert holder.get(f"{at}/state").headers["HX-Redirect"] == at
    assert holder.get(f"{at}/checking").status_code == 303

    found = holder.get(f"{at}?q=tangerang").text
    assert "Kota Tangerang Selatan" in found
    assert holder.post_form(at, {"municipality_id": world.tangsel.id}, to=f"{at}/members").status_code == 303
    assert holder.post_form(at, {"municipality_id": "x"}, to=f"{at}/members").status_code == 404
    page = holder.get(at).text
    assert "berkas 0 %" in page
    portal = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert "Provinsi Banten" in portal.get("/manage/usage").text

    asked = holder.get(f"{at}/size?size=20").text
    assert "Rp 4.500.000" in asked
    assert holder.post_form(f"{at}/size?size=20", {"size": "20"}, to=f"{at}/size").status_code == 303
    assert holder.get(f"{at}/size?size=40").status_code == 409
    assert holder.get(f"{at}/size?size=banyak").status_code == 422
    money.work()
    assert [charge["amount"] for charge in money.stripe.objects("charge")] == [250_000_000]
    money.advance(days=32)
    assert [charge["amount"] for charge in money.stripe.objects("charge")] == [250_000_000, 450_000_000]
    assert len(session.scalars(select(Payment)).all()) == 2
    session.rollback()

    assert "tidak ada tagihan lagi" in holder.get(f"{at}/cancel").text
    assert holder.post_form(f"{at}/cancel", {}).status_code == 303
    assert "lalu berakhir" in holder.get(at).text
    assert holder.post_form(at, {}, to=f"{at}/continue").status_code == 303
    assert holder.post_form(f"{at}/cancel", {}).status_code == 303
    money.work()
    money.tell()
    money.advance(days=32)
    programme = the_programme(session)
    assert get_agreement(session, programme.agreement_id).status == AgreementStatus.ENDED
    assert programme.over_since is not None
    assert standing_of(session, world.tangsel.id).programme is None
    session.rollback()
    assert "Mulai lagi dan bayar" in holder.get(at).text
    again = holder.post_form(at, {}, to=f"{at}/pay")
    assert again.headers["Location"].startswith(money.stripe.base)


def test_a_card_that_fails_leaves_two_weeks(session: Db, money: MoneyStage, world: World, holder: Browser) -> None:
    holder.post_form("/plans/province/new", NEW)
    programme = the_programme(session)
    money.pay(get_agreement(session, programme.agreement_id), card="4000000000000341")
    add_member(session, the_programme(session), world.tangsel.id)
    session.commit()
    money.advance(days=32)
    programme = the_programme(session)
    assert get_agreement(session, programme.agreement_id).status == AgreementStatus.LATE
    assert programme.late_since is not None
    with set_clock(programme.late_since + timedelta(days=13)):
        assert standing_of(session, world.tangsel.id).raised
    with set_clock(programme.late_since + timedelta(days=15)):
        assert not standing_of(session, world.tangsel.id).raised
    session.rollback()
    assert "Pembayaran terakhir gagal" in holder.get(f"/me/programmes/{programme.id}").text
    bills = holder.get(f"/me/programmes/{programme.id}/invoices").text
    assert bills.count(f'href="{money.stripe.base}') == 2
    assert (bills.count("belum dibayar</span>"), bills.count("dibayar</span>")) == (1, 2)


def test_a_card_that_failed_is_changed_and_nothing_is_cut(
    app: LumbungFlask, session: Db, money: MoneyStage, world: World, holder: Browser
) -> None:
    holder.post_form("/plans/province/new", NEW)
    programme = the_programme(session)
    at = f"/me/programmes/{programme.id}"
    assert "Ganti kartu" not in holder.get(at).text
    money.pay(get_agreement(session, programme.agreement_id), card="4000000000000341")
    assert "Ganti kartu" in holder.get(at).text
    money.advance(days=32)
    assert "Pembayaran terakhir gagal" in holder.get(at).text
    asked = holder.post_form(at, {}, to=f"{at}/card")
    assert asked.headers["Location"].startswith(f"{money.stripe.base}/p/session/")
    money.stripe.change_card(asked.headers["Location"].rpartition("/")[2])
    assert "kartu mana yang baru" in holder.follow(holder.get(f"{at}/card")).text
    money.work()
    money.tell()
    programme = the_programme(session)
    assert get_agreement(session, programme.agreement_id).status == AgreementStatus.ACTIVE
    assert programme.late_since is None
    assert len(session.scalars(select(Payment)).all()) == 2
    session.rollback()
    stranger = browse(app, "lumbung.test", world.operator)
    for path in (f"{at}/card", f"/me/programmes/{new_id()}/card"):
        assert stranger.get(path).status_code == 404
        assert stranger.post_form("/me/programmes", {}, to=path).status_code == 404


def test_before_it_is_paid_another_size_is_chosen_and_the_old_page_is_closed(
    app: LumbungFlask, session: Db, money: MoneyStage, world: World, holder: Browser
) -> None:
    opened = holder.post_form("/plans/province/new", NEW)
    programme = the_programme(session)
    first, at = programme.agreement_id, f"/me/programmes/{programme.id}"
    for wrong in ("10", "11", ""):
        answer = holder.post_form(at, {"size": wrong}, to=f"{at}/first-size")
        assert "Pilih ukuran lain" in holder.follow(answer).text
    page = holder.follow(holder.post_form(at, {"size": "20"}, to=f"{at}/first-size")).text
    assert "Rp 4.500.000 sebulan" in page
    programme = the_programme(session)
    assert (programme.size, programme.agreement_id == first) == (20, False)
    # A transfer with the former code would be for nothing: it is noted where the programme follows it.
    with pytest.raises(CannotChange, match=str(programme.agreement_id)):
        note_bank_payment(
            session, get_agreement(session, first), amount=2_500_000, paid_at=now(), reference="TRF 1", by=None
        )
    session.rollback()
    operator = browse(app, "lumbung.test", world.operator)
    told = operator.get(f"/operator/money/agreements/{first}").text
    assert f"/operator/money/agreements/{the_programme(session).agreement_id}" in told
    assert "Catat transfer" not in told
    assert "Catat transfer" in operator.get(f"/operator/money/agreements/{the_programme(session).agreement_id}").text
    session.rollback()
    old = opened.headers["Location"].rpartition("/")[2]
    assert next(one for one in money.stripe.objects("checkout.session") if one["id"] == old)["status"] == "expired"
    paid = holder.post_form(at, {}, to=f"{at}/pay")
    assert paid.headers["Location"].rpartition("/")[2] != old
    money.pay(get_agreement(session, the_programme(session).agreement_id))
    assert [one["amount"] for one in money.stripe.objects("charge")] == [450_000_000]
    assert get_agreement(session, the_programme(session).agreement_id).status == AgreementStatus.ACTIVE
    assert get_agreement(session, first).status == AgreementStatus.ABANDONED


def test_a_new_card_that_is_declined_is_told(session: Db, money: MoneyStage, holder: Browser) -> None:
    holder.post_form("/plans/province/new", NEW)
    at = f"/me/programmes/{the_programme(session).id}"
    money.pay(get_agreement(session, the_programme(session).agreement_id), card="4000000000000341")
    money.advance(days=32)
    asked = holder.post_form(at, {}, to=f"{at}/card")
    money.stripe.change_card(asked.headers["Location"].rpartition("/")[2], card="4000000000000341")
    money.tell()
    money.tell()
    told = select(PlatformMessage.text).where(PlatformMessage.subject.contains("Kartu baru"))
    [text] = session.scalars(told).all()
    assert f"{at}/invoices" in text


def test_what_was_never_paid_is_withdrawn_and_begun_again(
    session: Db, money: MoneyStage, world: World, holder: Browser
) -> None:
    holder.post_form("/plans/province/new", NEW)
    at = f"/me/programmes/{the_programme(session).id}"
    session.rollback()
    page = holder.follow(holder.post_form(at, {}, to=f"{at}/withdraw")).text
    assert "Dibatalkan; tidak ada yang dibayar" in page
    assert "Tidak jadi dibayar" in page
    for wrong in ("11", "0", ""):
        refused = holder.post_form(at, {"size": wrong}, to=f"{at}/pay")
        assert (refused.status_code, "Pilih salah satu ukuran" in refused.text) == (422, True)
    again = holder.post_form(at, {"size": "40"}, to=f"{at}/pay")
    assert again.headers["Location"].startswith(money.stripe.base)
    # Paid in one tab, withdrawn in another: the payment stands, and the page says so.
    money.stripe.pay(again.headers["Location"].rpartition("/")[2])
    assert "sudah masuk" in holder.follow(holder.post_form(at, {}, to=f"{at}/withdraw")).text
    money.work()
    assert "Berjalan" in holder.get(at).text
    assert f"{at}/withdraw" not in holder.get(at).text
    programme = the_programme(session)
    assert (programme.size, get_agreement(session, programme.agreement_id).amount) == (40, 8_000_000)


def test_without_keys_what_was_withdrawn_is_begun_again_for_the_bank(
    session: Db, world: World, holder: Browser
) -> None:
    holder.post_form("/plans/province/new", NEW)
    programme = the_programme(session)
    first, at = programme.agreement_id, f"/me/programmes/{programme.id}"
    session.rollback()
    assert "ikut berganti" in holder.get(at).text
    assert "Dibatalkan" in holder.follow(holder.post_form(at, {}, to=f"{at}/withdraw")).text
    assert str(first) not in holder.get(at).text
    holder.post_form(at, {}, to=f"{at}/pay")
    again = str(the_programme(session).agreement_id)
    session.rollback()
    assert again != str(first)
    assert again in holder.get(at).text


def test_a_municipality_leaves_by_its_own_page(app: LumbungFlask, session: Db, world: World) -> None:
    programme = paid_programme(session, world.stranger)
    add_member(session, programme, world.tangsel.id)
    session.commit()
    portal = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert portal.post_form("/manage/usage", {}, to="/manage/usage/leave").status_code == 303
    session.expire_all()
    assert session.scalars(select(ProgrammeMember.left_at)).one() is not None
    assert "gratis, selamanya" in portal.get("/manage/usage").text


def test_a_holder_has_a_list_and_others_an_empty_one(
    session: Db, world: World, holder: Browser, app: LumbungFlask
) -> None:
    paid_programme(session, world.stranger)
    assert "Provinsi Banten" in holder.get("/me/programmes").text
    assert "Belum ada program" in browse(app, "lumbung.test", world.operator).get("/me/programmes").text


def test_stripe_that_does_not_answer_loses_nothing_that_was_typed(
    session: Db, money: MoneyStage, holder: Browser
) -> None:
    money.stripe.fail_next("error", times=9)
    made = holder.post_form("/plans/vendor/new", {**NEW, "size": "5"})
    programme = the_programme(session)
    assert urlsplit(made.headers["Location"]).path == f"/me/programmes/{programme.id}"
    assert "tidak menjawab" in holder.follow(made).text
