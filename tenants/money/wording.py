"""What accounts, lines of statements, states and findings are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, current_language, t
from lumbung.money.chart import NAMES, SIDES, BookAccount
from lumbung.money.models import AgreementStatus
from lumbung.money.statements import By, Measure, Statement
from lumbung.money.subjects import name_subjects

BY_NAMES: Mapping[By, Text] = {
    By.MONTH: Text("Bulan", "Month"),
    By.APP: Text("Aplikasi", "App"),
    By.MUNICIPALITY: Text("Daerah", "Municipality"),
    By.PROGRAMME: Text("Program", "Programme"),
    By.KIND: Text("Jenis", "Kind"),
}
MEASURE_NAMES: Mapping[Measure, Text] = {
    Measure.RECEIVED: Text("Diterima", "Received"),
    Measure.GIVEN_BACK: Text("Dikembalikan", "Given back"),
    Measure.FEES: Text("Biaya Stripe", "Stripe’s fees"),
    Measure.COSTS: Text("Dibelanjakan", "Spent"),
}
AGREEMENT_KINDS: Mapping[str, Text] = {
    "sponsorship": Text("Sponsor", "Sponsor"),
    "plan": Text("Paket", "Plan"),
}
STATUS: Mapping[str, tuple[Text, str]] = {
    AgreementStatus.OPENED: (Text("Belum dibayar", "Not paid yet"), "grey"),
    AgreementStatus.ACTIVE: (Text("Berjalan", "Running"), "green"),
    AgreementStatus.LATE: (Text("Menunggak", "Late"), "red"),
    AgreementStatus.PAID: (Text("Lunas", "Paid"), "green"),
    AgreementStatus.ENDED: (Text("Berakhir", "Ended"), "grey"),
    AgreementStatus.ABANDONED: (Text("Tidak jadi", "Abandoned"), "grey"),
}
SUBJECT_TYPES: Mapping[str, Text] = {
    "app": Text("Aplikasi", "Apps"),
    "municipality": Text("Daerah", "Municipalities"),
    "programme": Text("Program", "Programmes"),
    "platform": Text("", ""),
}
_MEANING: Mapping[BookAccount, Text] = {
    BookAccount.STRIPE: Text(
        "Sudah dibayar orang, belum dicairkan ke bank.", "Paid, and not yet paid out to the bank."
    ),
    BookAccount.BANK: Text(
        "Pencairan dan transfer yang masuk, dikurangi biaya yang dicatat di sini.",
        "Payouts and transfers that came, less the costs noted here.",
    ),
    BookAccount.UNATTRIBUTED: Text(
        "Uang yang masuk tanpa kesepakatan di sini; tentukan asalnya.",
        "Money that came without an agreement here; say from whom.",
    ),
}


@dataclass(frozen=True, slots=True)
class Held:
    """An account of the books in plain words; `amount` is positive as people read it (what came, what was spent)."""

    account: BookAccount
    name: str
    meaning: str
    amount: int


def plain_balances(balances: Mapping[BookAccount, int]) -> list[Held]:
    """The accounts as people read them, those that never held anything left out but for the two with money."""
    shown = []
    for account, balance in balances.items():
        amount = balance if SIDES[account] in ("asset", "expense") else -balance
        if amount or SIDES[account] == "asset":
            shown.append(Held(account, str(NAMES[account]), str(_MEANING.get(account, "")), amount))
    return shown


def line_names(session: AnySession, statement: Statement) -> dict[str, str]:
    """What the lines of a statement are called."""
    by = statement.by
    keys = [line.key for line in statement.lines]
    if by is By.MONTH:
        return {key: month_name(key) for key in keys}
    if by is By.KIND:
        other = t("Tanpa kesepakatan", "Without an agreement")
        return {key: str(AGREEMENT_KINDS.get(key, key)) or other for key in keys}
    names = name_subjects(session, [(by.value, key) for key in keys])
    return {key: names.get((by.value, key)) or t("Untuk hal lain", "For something else") for key in keys}


def month_name(key: str) -> str:
    """A month (`2026-03`) as people write it."""
    year, _, month = key.partition("-")
    return format_date(date(int(year), int(month), 1), "MMMM yyyy", locale=current_language())
