"""What everybody sees of sponsors, what nobody does, and what can be sponsored."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.figures.models import PublishedFigures
from app_catalog.releases.models import App
from lumbung.db import as_tenant, now, set_clock
from lumbung.money.bank import note_bank_payment
from lumbung.money.books import Transfer, post
from lumbung.money.by_hand import attribute_entry, reverse_entry
from lumbung.money.chart import BookAccount
from lumbung.money.models import Agreement, Cadence, JournalEntry, Payment
from lumbung.money.refunds import ask_refund
from lumbung.money.statements import public_totals
from lumbung.web.sites import LumbungFlask
from tenants.plans.catalogue import PLANS, PlanKind
from tenants.plans.models import ProgrammeMember
from tenants.plans.programmes import make_programme
from tenants.sponsorships.errors import TargetClosed
from tenants.sponsorships.letters import tell_of_closed_targets
from tenants.sponsorships.models import Sponsor, Sponsorship
from tenants.sponsorships.reading import read_totals
from tenants.sponsorships.use import read_use
from tests.browsing import browse
from tests.siaran import enable_siaran
from tests.sponsoring import NEW, TYPED, letters, pay, sponsor
from tests.world import World

AnySession = scoped_session[Session]


def test_hostile_words_are_shown_as_words(app: LumbungFlask, session: AnySession, world: World) -> None:
    browser = browse(app, account=world.stranger)
    for name in ("x" * 10_000, "\u202e\u200b", ""):
        assert browser.post_form(NEW, {**TYPED, "name": name}, to="/sponsors/new").status_code == 422
    assert browser.post_form(NEW, {**TYPED, "website": "javascript:alert(1)"}, to="/sponsors/new").status_code == 422
    assert browser.post_form(NEW, {**TYPED, "message": "y" * 10_000}, to="/sponsors/new").status_code == 422
    hostile = {**TYPED, "name": "<b>PT\u202e</b> {{ 1 }}", "message": "<script>alert(1)</script>"}
    assert browser.post_form(NEW, hostile, to="/sponsors/new").status_code == 303
    own = session.scalars(select(Sponsor)).one()
    assert own.name == "<b>PT</b> {{ 1 }}"
    sponsorship = session.scalars(select(Sponsorship)).one()
    note_bank_payment(
        session,
        session.get_one(Agreement, sponsorship.agreement_id),
        amount=1_250_000,
        paid_at=now(),
        reference="1",
        by=None,
    )
    session.commit()
    for page in ("/sponsors", f"/sponsors/{sponsorship.code}", "/regions/36.74"):
        text = browse(app).get(page).text
        assert "<b>PT" not in text
        assert "<script>alert" not in text
        assert "&lt;b&gt;PT&lt;/b&gt; {{ 1 }}" in text, page


def test_nobody_learns_who_is_anonymous_but_operators(app: LumbungFlask, session: AnySession, world: World) -> None:
    enable_siaran(session, world)
    at = datetime(2026, 11, 2, 3, 14, 15, tzinfo=UTC)
    with set_clock(at):
        hidden = sponsor(
            session,
            world.stranger,
            "app:siaran",
            anonymous=True,
            name="CV Rahasia Sekali",
            website="https://rahasia.example",
            message="dari Bu Rahasia",
        )
        own = pay(session, hidden, at=at)
        other = pay(session, sponsor(session, world.tangsel.accounts["head"], "app:siaran", name="PT Terbuka"), at=at)
    visitor, answers = browse(app, account=world.tangsel.accounts["handler"]), {}
    code = own.sponsorship.code
    for page in (
        "/",
        "/sponsors",
        "/sponsors?q=rahasia",
        "/sponsors?for=app:siaran",
        f"/sponsors/{code}",
        "/apps/siaran",
        "/regions/36.74",
        "/api/v1/sponsors",
        "/api/v1/sponsors?for=app:siaran",
        "/api/v1/apps/siaran",
    ):
        answers[page] = visitor.get(page)
        assert answers[page].status_code == 200, page
        told = (answers[page].text + str(answers[page].headers)).lower()
        for secret in ("rahasia sekali", "rahasia.example", "bu rahasia", world.stranger.email, world.stranger.name):
            assert secret.lower() not in told, (page, secret)
        for number in (own.sponsorship.id, own.sponsor.id, own.agreement.id, world.stranger.id, "10.14", "03:14"):
            assert str(number) not in told, (page, number)
        for payment in session.scalars(select(Payment)):
            assert payment.receipt_code not in answers[page].text, page
    assert "PT Terbuka" in answers["/apps/siaran"].text
    assert "1 sponsor anonim" in answers["/apps/siaran"].text
    assert code not in answers["/sponsors?q=rahasia"].text
    assert code in answers["/sponsors"].text
    listed = json.loads(answers["/api/v1/sponsors"].text)["items"]
    assert {one["code"]: one["sponsor"] and one["sponsor"]["name"] for one in listed} == {
        code: None,
        other.sponsorship.code: "PT Terbuka",
    }
    operator = browse(app, account=world.operator).get("/operator/money/sponsorships").text
    assert "CV Rahasia Sekali" in operator
    assert world.stranger.email in operator
    assert "CV Rahasia Sekali" in browse(app, account=world.stranger).get("/me/sponsorships").text


def test_who_becomes_anonymous_leaves_the_known_address(app: LumbungFlask, session: AnySession, world: World) -> None:
    own = pay(session, sponsor(session, world.stranger, message="Salam"))
    before, browser = own.sponsorship.code, browse(app, account=world.stranger)
    page = f"/me/sponsorships/{own.sponsorship.id}"
    assert browser.post_form(page, {"anonymous": "1"}, to=f"{page}/shown").status_code == 303
    session.expire_all()
    assert browse(app).get(f"/sponsors/{before}").status_code == 404
    shown = browse(app).get(f"/sponsors/{own.sponsorship.code}").text
    assert "Anonim" in shown
    assert "PT Padi Jaya" not in shown
    assert "Salam" not in shown
    assert browser.post_form(page, {"anonymous": None}, to=f"{page}/shown").status_code == 303
    assert "PT Padi Jaya" in browse(app).get(f"/sponsors/{own.sponsorship.code}").text


def test_what_went_back_stands_on_the_record(app: LumbungFlask, session: AnySession, world: World) -> None:
    own = sponsor(session, world.stranger, cadence=Cadence.ONCE, by_card=False)
    payment = note_bank_payment(
        session, own.agreement, amount=1_000_000, paid_at=now(), reference="TRF 2", by=world.operator.id
    )
    ask_refund(session, payment.id, amount=400_000, reason="Diminta", seen=1_000_000, by=world.operator.id)
    session.commit()
    shown = browse(app).get(f"/sponsors/{own.sponsorship.code}").text
    assert "Rp 400.000" in shown
    totals = browse(app).get("/sponsors").text
    assert "Rp 1.000.000" in totals
    assert "Rp 400.000" in totals
    assert letters(session)[-1] == "Dikembalikan: Rp 400.000"


def test_who_got_everything_back_is_no_sponsor_of_the_place(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    own = sponsor(session, world.stranger, cadence=Cadence.ONCE, name="PT Kembali", by_card=False)
    note_bank_payment(session, own.agreement, amount=1_000_000, paid_at=now(), reference="1", by=None)
    session.commit()
    payment = session.scalars(select(Payment)).one()
    visitor = browse(app)
    for amount, seen in ((999_999, True), (1, False)):
        assert "PT Kembali" in visitor.get("/regions/36.74").text
        ask_refund(session, payment.id, amount=amount, reason="Keliru", seen=1_000_000 if seen else 1, by=None)
        session.commit()
        assert ("PT Kembali" in visitor.get("/regions/36.74").text) is seen


def test_money_that_was_given_to_a_wrong_sponsor_was_neither_received_nor_given_back(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    own = pay(session, sponsor(session, world.stranger))
    unknown = Transfer(
        at=now(),
        debit=BookAccount.STRIPE,
        credit=BookAccount.UNATTRIBUTED,
        amount=75_000,
        source="txn_unknown",
        kind="charge",
    )
    post(session, unknown)
    row = session.scalars(select(JournalEntry).where(JournalEntry.source == "txn_unknown")).one()
    attribute_entry(session, row.id, own.agreement, by=None)
    assert read_totals(session).received == 1_075_000
    said = session.scalars(select(JournalEntry).where(JournalEntry.kind == "attribution")).one()
    reverse_entry(session, said.id, reason="Ternyata orang lain", by=None)
    session.commit()
    totals, (year,) = read_totals(session), public_totals(session)
    assert (totals.received, totals.given_back) == (1_000_000, 0)
    assert (year.sponsored, year.given_back, year.fees) == (1_000_000, 0, totals.fees)


def test_what_is_closed_cannot_be_sponsored_and_who_pays_is_told(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    own = pay(session, sponsor(session, world.stranger))
    world.tangsel.municipality.status = "suspended"
    session.commit()
    browser = browse(app, account=world.stranger)
    assert "sedang ditutup" in browser.get(NEW).text
    forged = {**TYPED, "for": "municipality:tangsel"}
    assert browser.post_form("/sponsors/new?for=platform", forged, to="/sponsors/new").status_code == 303
    with pytest.raises(TargetClosed):
        sponsor(session, world.stranger)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Sponsorship)) == 1
    for _ in range(2):
        tell_of_closed_targets(session)
    session.commit()
    assert letters(session)[1:] == ["Yang Anda sponsori sedang tidak tersedia"]
    assert "tidak tersedia sekarang" in browser.get("/sponsors").text
    assert "sedang ditutup" in browser.get(f"/sponsors/{own.sponsorship.code}").text
    for missing in ("app:tidak-ada", "municipality:tidak-ada", "programme:x", "x"):
        assert browser.get(f"/sponsors/new?for={missing}").status_code == 404


def test_an_app_that_was_taken_out_is_no_target(app: LumbungFlask, session: AnySession, world: World) -> None:
    installation = enable_siaran(session, world)
    own = pay(session, sponsor(session, world.stranger, "app:siaran"))
    siaran = session.get_one(App, installation.app_id)
    siaran.hidden_at = now()
    session.commit()
    assert browse(app).get("/sponsors/new?for=app:siaran").status_code == 404
    shown = browse(app).get(f"/sponsors/{own.sponsorship.code}").text
    assert "Sudah tidak ada di Lumbung" in shown


def test_pages_of_the_list_follow_each_other_without_a_gap(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    codes = set()
    for turn in range(5):
        at = datetime(2026, 11, 1 + turn // 2, 4, turn, tzinfo=UTC)
        own = pay(session, sponsor(session, world.stranger, "platform", cadence=Cadence.ONCE), at=at)
        codes.add(own.sponsorship.code)
    address, found = "https://lumbung.test/api/v1/sponsors?limit=2", []
    while address:
        page = json.loads(browse(app).get(address).text)
        found += [(one["since"], one["code"]) for one in page["items"]]
        address = page["next"]
    assert {code for _, code in found} == codes
    assert len(found) == 5
    assert [day for day, _ in found] == sorted((day for day, _ in found), reverse=True)
    assert "/api/v1/sponsors" in browse(app).get("/api/v1/openapi.json").text


def test_a_record_says_what_the_use_came_to_in_the_paid_months(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    installation = enable_siaran(session, world)
    months = {date(2026, 9, 1): 1_000, date(2026, 10, 1): 40, date(2026, 11, 1): 2, date(2026, 12, 1): 1_000}
    with as_tenant(session, world.tangsel.id):
        session.add_all(_figures(world, installation.app_id, month, created) for month, created in months.items())
        session.commit()
    at = datetime(2026, 10, 20, 4, tzinfo=UTC)
    for named in ("app:siaran", "municipality:tangsel", "platform"):
        own = pay(session, sponsor(session, world.stranger, named), at=at)
        with set_clock(datetime(2026, 12, 24, 4, tzinfo=UTC)):
            shown = browse(app).get(f"/sponsors/{own.sponsorship.code}").text
        assert "Oktober 2026 – November 2026" in shown, named
        for figure in ("42", "21", "50 %"):
            assert f'">{figure}</p>' in shown, (named, figure)
        assert "bukan hasil dari rupiah ini saja" in shown
    world.tangsel.municipality.status = "suspended"
    session.commit()
    assert "Belum ada angka pemakaian" in browse(app).get(f"/sponsors/{own.sponsorship.code}").text


def test_a_province_s_programme_is_sponsored_while_it_runs(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    holder = world.tangsel.accounts["admin"]
    programme = make_programme(session, account_id=holder.id, kind=PlanKind.PROVINCE, name="Banten Maju", size=10)
    vendor = make_programme(
        session,
        account_id=holder.id,
        kind=PlanKind.VENDOR,
        name="Vendor Maju",
        size=PLANS[PlanKind.VENDOR].sizes[0].municipalities,
    )
    session.commit()
    address = f"/sponsors/new?for=programme:{programme.id}"
    assert browse(app).get(address).status_code == 404
    agreement = session.get_one(Agreement, programme.agreement_id)
    note_bank_payment(session, agreement, amount=agreement.amount, paid_at=now(), reference="B1", by=None)
    other = session.get_one(Agreement, vendor.agreement_id)
    note_bank_payment(session, other, amount=other.amount, paid_at=now(), reference="B2", by=None)
    session.commit()
    assert "Banten Maju" in browse(app).get(address).text
    found = browse(app).get("/sponsors/new?q=maju").text
    assert "Banten Maju" in found
    assert "Vendor Maju" not in found
    assert browse(app).get(f"/sponsors/new?for=programme:{vendor.id}").status_code == 404
    own = pay(session, sponsor(session, world.stranger, f"programme:{programme.id}"))
    assert "Program Banten Maju" in browse(app).get(f"/sponsors/{own.sponsorship.code}").text
    installation = enable_siaran(session, world)
    months = {date(2026, 8, 1): 1_000, date(2026, 9, 1): 30, date(2026, 10, 1): 12, date(2026, 11, 1): 1_000}
    with as_tenant(session, world.tangsel.id):
        session.add_all(_figures(world, installation.app_id, month, created) for month, created in months.items())
        session.commit()
    session.add(
        ProgrammeMember(
            programme_id=programme.id,
            municipality_id=world.tangsel.id,
            added_at=datetime(2026, 8, 31, 17, 30, tzinfo=UTC),
            left_at=datetime(2026, 10, 31, 16, 30, tzinfo=UTC),
        )
    )
    session.flush()
    use = read_use(
        session, kind="programme", target_id=str(programme.id), since=date(2026, 1, 1), until=date(2026, 12, 1)
    )
    assert use is not None
    assert use.received == 42


def _figures(world: World, app_id: UUID, month: date, created: int) -> PublishedFigures:
    counts = {"created": created, "closed": created // 2, "due": created, "in_time": created // 2}
    rest = dict.fromkeys(("closed_success", "reopened", "answered", "answered_in_time"), 0)
    return PublishedFigures(
        tenant_id=world.tangsel.id,
        app_id=app_id,
        municipality_name="Kota Tangerang Selatan",
        month=month,
        version="",
        record_type="",
        final=True,
        published_at=now(),
        **counts,
        **rest,
    )
