"""The chart of accounts: what the books are kept in."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from lumbung.i18n import Text

Side = Literal["asset", "income", "expense", "liability"]


class BookAccount(StrEnum):
    """An account of the books. The values are stored: they are never renamed."""

    STRIPE = "stripe"
    BANK = "bank"
    SPONSORSHIP = "sponsorship"
    PLAN = "plan"
    FEES = "fees"
    HOSTING = "hosting"
    ASSISTANCE = "assistance"
    OTHER_COSTS = "other_costs"
    UNATTRIBUTED = "unattributed"


SIDES: dict[BookAccount, Side] = {
    BookAccount.STRIPE: "asset",
    BookAccount.BANK: "asset",
    BookAccount.SPONSORSHIP: "income",
    BookAccount.PLAN: "income",
    BookAccount.FEES: "expense",
    BookAccount.HOSTING: "expense",
    BookAccount.ASSISTANCE: "expense",
    BookAccount.OTHER_COSTS: "expense",
    BookAccount.UNATTRIBUTED: "liability",
}

NAMES: dict[BookAccount, Text] = {
    BookAccount.STRIPE: Text("Saldo di Stripe", "Balance at Stripe"),
    BookAccount.BANK: Text("Rekening bank", "Bank account"),
    BookAccount.SPONSORSHIP: Text("Penerimaan dari sponsor", "Received from sponsors"),
    BookAccount.PLAN: Text("Penerimaan dari paket", "Received from plans"),
    BookAccount.FEES: Text("Biaya Stripe", "Stripe’s fees"),
    BookAccount.HOSTING: Text("Biaya hosting", "Hosting costs"),
    BookAccount.ASSISTANCE: Text("Biaya pendampingan", "Costs of assistance"),
    BookAccount.OTHER_COSTS: Text("Biaya lain", "Other costs"),
    BookAccount.UNATTRIBUTED: Text("Belum jelas asalnya", "Not yet known from whom"),
}
