"""The operators' pages on money: figures that lead to their rows, giving back, and what is noted by hand."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

import tenants.money.cli
from lumbung.audit import PlatformAuditEntry
from lumbung.db import now
from lumbung.ids import new_id
from lumbung.money.agreements import open_agreement
from lumbung.money.books import Transfer, balances, post
from lumbung.money.chart import BookAccount
from lumbung.money.events import subject_of
from lumbung.money.going_live import WEBHOOK_EVENTS
from lumbung.money.models import (
    Agreement,
    AgreementStatus,
    Cadence,
    JournalEntry,
    Payment,
    Reconciliation,
    Refund,
    RefundStatus,
)
from lumbung.money.payments import PAGE
from lumbung.money.statements import Measure
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse
from tests.money_world import add_payment, paid_agreement
from tests.world import World

Sessions = scoped_session[Session]
HUB = "lumbung.test"
MONEY = "/operator/money"


@pytest.fixture
def operator(app: LumbungFlask, world: World) -> Browser:
    """Oki at the hub."""
    return browse(app, HUB, world.operator)


@pytest.fixture
def payment(session: Sessions, world: World) -> Payment:
    """340,000 by card for Tangsel."""
    subject = ("municipality", str(world.tangsel.id))
    agreement = paid_agreement(session, subject=subject, amount=340_000, account_id=world.stranger.id)
    session.commit()
    return session.scalars(select(Payment).where(Payment.agreement_id == agreement.id)).one()


def _by_bank(session: Sessions, cadence: Cadence = Cadence.ONCE) -> Agreement:
    agreement = open_agreement(
        session,
        kind="sponsorship",
        account_id=new_id(),
        payer_name="Yayasan Lumbung Padi",
        description="Sponsor SIARAN",
        subject=("app", "siaran"),
        amount=500_000,
        cadence=cadence,
    )
    session.commit()
    return agreement


PAGES = ("", "/statements", "/journal", "/payments", "/agreements", "/costs/new", "/reconciliation", "/setup")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_stands_without_keys_and_without_money(operator: Browser, language: str) -> None:
    for path in PAGES:
        page = operator.get(f"{MONEY}{path}?lang={language}")
        assert page.status_code == 200, path
    overview = operator.get(f"{MONEY}?lang={language}").text
    assert ("Pembayaran kartu belum dibuka" if language == "id" else "Payments by card are not open yet") in overview
    assert f"{MONEY}/setup" in overview


def test_figures_of_a_statement_lead_to_their_rows(
    session: Sessions, world: World, operator: Browser, payment: Payment
) -> None:
    paid_agreement(session, kind="plan", subject=("programme", "p9"), amount=680_000)
    session.commit()
    for by, name in (("municipality", "Kota Tangerang Selatan"), ("kind", "Paket"), ("month", "2026"), ("app", "hal")):
        page = operator.get(f"{MONEY}/statements?by={by}").text
        assert name in page
        for measure in ("received", "fees"):
            links = re.findall(rf'href="([^"]*measure={measure}[^"]*)">Rp ([0-9.]+)<', page)
            assert len(links) >= 2
            for link, shown in links:
                rows = operator.get(unescape(link).replace("/journal?", "/journal.csv?")).data.decode("utf-8-sig")
                amounts = [int(row["amount"]) for row in csv.DictReader(io.StringIO(rows))]
                assert sum(amounts) == int(shown.replace(".", ""))


def test_a_period_that_cannot_be_is_told(operator: Browser) -> None:
    for path in ("/statements", "/journal"):
        answer = operator.get(f"{MONEY}{path}?from=2026-13-01&to=2026-01-01")
        assert answer.status_code == 422
        assert "Isi tanggal seperti" in answer.text
    assert operator.get(f"{MONEY}/journal.csv?from=2026-13-01").status_code == 422


def test_the_tables_are_csv_that_no_spreadsheet_runs(session: Sessions, operator: Browser) -> None:
    paid_agreement(session, description='=HYPERLINK("http://jahat")', payer_name="@SUM(A1)")
    session.commit()
    answer = operator.get(f"{MONEY}/journal.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["charge", "fee"]
    assert rows[0]["note"].startswith("'=HYPERLINK")
    statement = operator.get(f"{MONEY}/statements.csv?by=kind").data.decode("utf-8-sig").splitlines()
    assert statement[0] == "Jenis,Diterima,Dikembalikan,Biaya Stripe,Dibelanjakan,Bersih,Sisa"
    assert statement[1].startswith("Sponsor,250000,0,7352,0,242648")
    assert statement[-1].startswith("Jumlah,250000")


def test_the_journal_is_gone_through_page_by_page(session: Sessions, operator: Browser) -> None:
    agreement = paid_agreement(session)
    for _ in range(PAGE):
        add_payment(session, agreement)
    session.commit()
    seen: list[str] = []
    path: str | None = f"{MONEY}/journal?account=stripe"
    while path:
        page = operator.get(path).text
        seen += re.findall(rf'href="{MONEY}/journal/([0-9a-f-]+)"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(older[1]) if older else None
    assert len(seen) == len(set(seen)) == 2 * (PAGE + 1)
    assert operator.get(f"{MONEY}/payments").text.count("KW/") == PAGE
    found = operator.get(f"{MONEY}/payments?q=kw/{now():%Y}/000003").text
    assert found.count("KW/") == 1


def _refund(operator: Browser, payment: Payment, **values: object) -> TestResponse:
    path = f"{MONEY}/payments/{payment.id}"
    return operator.post_form(path, {"reason": "Salah kirim", **values}, to=f"{path}/refund")


@pytest.mark.parametrize(
    ("amount", "status", "told"),
    [
        ("340001", 409, "Paling banyak Rp 340.000"),
        ("-1", 409, "lebih dari nol"),
        ("0", 409, "lebih dari nol"),
        ("seratus", 422, "angka bulat"),
        ("100,5", 422, "angka bulat"),
        ("", 422, "angka bulat"),
        ("999999999999999999999", 422, "angka bulat"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_with_its_reason(
    session: Sessions, operator: Browser, payment: Payment, amount: str, status: int, told: str
) -> None:
    answer = _refund(operator, payment, amount=amount)
    assert answer.status_code == status
    assert told in answer.text
    # What was typed is still there.
    assert f'value="{amount}"' in answer.text
    assert session.scalars(select(Refund)).all() == []


def test_a_refund_is_asked_for_with_its_reason(
    session: Sessions, world: World, operator: Browser, payment: Payment
) -> None:
    path = f"{MONEY}/payments/{payment.id}"
    assert _refund(operator, payment, amount="100.000", reason=" ").status_code == 422
    assert _refund(operator, payment, amount="100.000").status_code == 303
    asked = session.scalars(select(Refund)).one()
    assert (asked.amount, asked.reason, asked.asked_by) == (100_000, "Salah kirim", world.operator.id)
    page = operator.get(path).text
    assert "Diminta" in page
    assert "Rp 240.000" in page
    assert session.scalars(select(PlatformAuditEntry).where(PlatformAuditEntry.action == "refund.asked")).one()


def test_of_two_operators_one_gives_back_and_the_other_reads_why(operator: Browser, payment: Payment) -> None:
    assert _refund(operator, payment, amount="340000", seen="340000").status_code == 303
    late = _refund(operator, payment, amount="340000", seen="340000")
    assert late.status_code == 409
    assert "Pengelola lain baru saja" in late.text
    assert _refund(operator, payment, amount="1", seen="banyak").status_code == 400


def test_a_payment_that_is_not_there_gives_nothing_back(operator: Browser, payment: Payment) -> None:
    data = {"amount": "1", "reason": "x", "seen": "340000"}
    page = f"{MONEY}/payments/{payment.id}"
    assert operator.post_form(page, data, to=f"{MONEY}/payments/{new_id()}/refund").status_code == 404
    agreement = payment.agreement_id
    assert operator.post_form(page, data, to=f"{MONEY}/payments/{agreement}/refund").status_code == 404


def test_a_failed_refund_says_why_and_can_be_tried_as_a_new_one(
    session: Sessions, operator: Browser, payment: Payment
) -> None:
    session.add(
        Refund(
            payment_id=payment.id,
            amount=40_000,
            reason="Batal",
            status=RefundStatus.FAILED,
            failure="lost_or_stolen_card",
        )
    )
    session.commit()
    page = operator.get(f"{MONEY}/payments/{payment.id}").text
    assert "lost_or_stolen_card" in page
    assert "1 pembayaran memiliki pengembalian yang gagal" in operator.get(MONEY).text
    again = re.search(r'href="([^"]*again=[^"]*)#give-back"', page)
    assert again is not None
    assert 'value="40000"' in operator.get(unescape(again[1])).text
    assert _refund(operator, payment, amount="40000").status_code == 303
    assert "pengembalian yang gagal" not in operator.get(MONEY).text


def test_a_transfer_is_noted_once_with_its_receipt(session: Sessions, operator: Browser) -> None:
    agreement = _by_bank(session)
    page = f"{MONEY}/agreements/{agreement.id}"
    # Who pays for a programme writes its agreement's id with the transfer; banks drop the hyphens.
    assert page in operator.get(f"{MONEY}/agreements?q={agreement.id.hex.upper()}").text
    assert page not in operator.get(f"{MONEY}/agreements?q={new_id()}").text
    form = {"key": str(new_id()), "amount": "500.000", "reference": "BCA 0042", "paid_on": "2026-03-04"}
    made = [operator.post_form(page, form, to=f"{page}/transfer") for _ in range(2)]
    assert [answer.status_code for answer in made] == [303, 303]
    assert made[0].location == made[1].location
    paid = session.scalars(select(Payment)).one()
    assert paid.receipt_number == "KW/2026/000001"
    assert paid.paid_at == datetime(2026, 3, 4, 5, tzinfo=UTC)
    session.expire_all()
    assert agreement.status == AgreementStatus.PAID
    late = operator.post_form(page, {**form, "key": str(new_id())}, to=f"{page}/transfer")
    assert late.status_code == 409
    assert "sudah dibayar" in late.text


def test_a_transfer_that_cannot_be_keeps_what_was_typed(session: Sessions, operator: Browser) -> None:
    agreement = _by_bank(session, Cadence.MONTHLY)
    page = f"{MONEY}/agreements/{agreement.id}"
    for wrong, told in (
        ({"amount": "abc"}, "angka bulat"),
        ({"paid_on": "kemarin"}, "Isi tanggal seperti"),
        ({"paid_on": "2150-01-01"}, "belum tiba"),
        ({"reference": ""}, "rekening koran"),
        ({"months": "dua"}, "1 sampai 12 bulan"),
    ):
        answer = operator.post_form(page, {"reference": "BCA 9", **wrong}, to=f"{page}/transfer")
        assert answer.status_code == 422
        assert told in answer.text
    assert session.scalars(select(Payment)).all() == []


def test_costs_are_noted_and_corrected(session: Sessions, world: World, operator: Browser) -> None:
    form = {
        "account": "hosting",
        "amount": "1.500.000",
        "subject": f"municipality:{world.tangsel.id}",
        "note": "Sewa server",
    }
    path = f"{MONEY}/costs/new"
    for wrong in ({"account": "stripe"}, {"amount": "-4"}, {"subject": "municipality:x"}, {"note": ""}):
        assert operator.post_form(path, {**form, **wrong}).status_code == 422, wrong
    assert operator.post_form(path, form).status_code == 303
    entry = session.scalars(select(JournalEntry)).one()
    row = f"{MONEY}/journal/{entry.id}"
    page = operator.get(row).text
    assert "Kota Tangerang Selatan" in page
    assert world.operator.name in page
    assert operator.post_form(row, {"reason": ""}, to=f"{row}/reverse").status_code == 422
    assert operator.post_form(row, {"reason": "Salah jumlah"}, to=f"{row}/reverse").status_code == 303
    assert operator.post_form(row, {"reason": "Lagi"}, to=f"{row}/reverse").status_code == 409
    assert balances(session)[BookAccount.BANK] == 0
    actions = session.scalars(select(PlatformAuditEntry.action)).all()
    assert {"cost.noted", "journal.corrected"} <= set(actions)


def test_money_from_nobody_known_waits_for_its_agreement(session: Sessions, operator: Browser) -> None:
    agreement = _by_bank(session)
    post(
        session,
        Transfer(
            at=now(),
            debit=BookAccount.STRIPE,
            credit=BookAccount.UNATTRIBUTED,
            amount=75_000,
            source="txn_nobody",
            kind="charge",
        ),
    )
    session.commit()
    assert "txn_nobody" in operator.get(MONEY).text
    row = f"{MONEY}/journal/{session.scalars(select(JournalEntry.id)).one()}"
    assert operator.post_form(row, {"agreement": ""}, to=f"{row}/attribute").status_code == 422
    for status in (303, 409):
        answer = operator.post_form(row, {"agreement": str(agreement.id)}, to=f"{row}/attribute")
        assert answer.status_code == status
    assert "txn_nobody" not in operator.get(MONEY).text


def test_findings_are_told_in_plain_words_with_what_to_do(session: Sessions, operator: Browser) -> None:
    kinds = (
        "booked_late",
        "missing",
        "differs",
        "unknown",
        "rounding",
        "currency",
        "unhandled",
        "unattributed",
        "balance",
    )
    session.add(
        Reconciliation(
            since=now(),
            until=now(),
            compared=9,
            stripe_balance=1,
            books_balance=2,
            findings=[{"kind": kind, "about": f"txn_{kind}", "amount": -12_345, "open": True} for kind in kinds],
            open=len(kinds),
        )
    )
    session.commit()
    page = operator.get(f"{MONEY}/reconciliation").text
    assert "Belum pernah dibandingkan" not in page
    assert page.count("−Rp 123,45") == len(kinds) - 1
    for kind in ("booked_late", "missing", "differs", "unknown", "currency", "unhandled"):
        assert f"txn_{kind}" in page
    assert f"{len(kinds)} hal yang perlu dilihat" in operator.get(MONEY).text
    # Without keys there is nothing to compare with.
    assert operator.post_form(f"{MONEY}/reconciliation", {}).location == f"{MONEY}/setup"


def test_the_setup_lists_events_that_lead_somewhere(operator: Browser) -> None:
    page = operator.get(f"{MONEY}/setup").text
    assert "https://lumbung.test/stripe/events" in page
    kinds = {"customer.subscription": "subscription", "charge.dispute": "dispute"}
    for name in WEBHOOK_EVENTS:
        assert f"<code>{name}</code>" in page
        noun = name.rpartition(".")[0]
        told = {"object": kinds.get(noun, noun), "id": "x_1", "charge": "ch_1"}
        assert subject_of({"data": {"object": told}})[0], name
    assert operator.post_form(f"{MONEY}/setup", {}, to=f"{MONEY}/setup/check").location == f"{MONEY}/setup"


def test_costs_and_statements_on_the_command_line(
    app: LumbungFlask, session: Sessions, payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants.money.cli, "import_string", lambda name: lambda: app)
    run = CliRunner().invoke
    done = run(tenants.money.cli.money, ["post", "hosting", "90000", "--note", "Server"])
    assert done.exit_code == 0, done.output
    session.expire_all()
    assert balances(session)[BookAccount.HOSTING] == 90_000
    refused = run(tenants.money.cli.money, ["post", "hosting", "-3", "--note", "Server"])
    assert refused.exit_code != 0
    told = run(tenants.money.cli.money, ["statement", "--by", "kind"])
    assert told.output.splitlines()[0] == f"key,name,{','.join(Measure)},net"
    assert "sponsorship,Sponsor,340000,0,10000,0,330000" in told.output
    assert run(tenants.money.cli.money, ["reconcile"]).exit_code == 1
