"""What a receipt says, and to whom it says the payer's name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lumbung.codes import is_valid
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError, NotFound
from lumbung.i18n import Text, current_language, show_date, show_rupiah, t
from lumbung.limits import Limit, address_key, spend
from lumbung.money.agreements import get_agreement
from lumbung.money.receipts import JAKARTA, find_receipt
from lumbung.money.standing import PaymentStanding, standing_of
from lumbung.money.words import rupiah_in_words
from lumbung.typesetting import breakable, qr_picture, set_paper
from lumbung.web.access import Visitor
from lumbung.web.sites import hub_origin

LOOKED_UP_FROM_ADDRESS = Limit("receipt-lookups", size=120, seconds=10 * 60)
"""Receipts that are looked up from one address. A code has 60 random bits: guessing one is hopeless."""


class UnknownReceipt(LumbungError):
    """No receipt has this code; `status` is 422 when it cannot be a code at all."""

    status = 404
    slug = "unknown-receipt"
    title = Text("Kuitansi tidak dikenal", "Unknown receipt")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as one visitor sees it. `payer` is empty for everybody but the payer and operators.

    Others get no initials either: a sponsor who gives anonymously would be found by them among few. Who holds the paper
    has its name compared instead (`same_name`).
    """

    standing: PaymentStanding
    own: bool

    @property
    def payer(self) -> str:
        return self.standing.payment.payer_name if self.own else ""

    @property
    def how(self) -> str:
        """How it was paid."""
        if self.standing.by_bank:
            return t("Transfer ke rekening bank", "Transfer to the bank account")
        return t("Kartu, lewat Stripe", "Card, through Stripe")

    def same_name(self, name: str) -> bool:
        """Whether the receipt was made out to `name`; capitals and blanks do not matter."""
        return _plain(name) == _plain(self.standing.payment.payer_name)


def look_up_receipt(session: AnySession, code: str, visitor: Visitor) -> Receipt:
    """The receipt of a code, however it was typed.

    Raises UnknownReceipt (422 for what is no code, else 404), TooMany from an address that asks too much.
    """
    spend(LOOKED_UP_FROM_ADDRESS, address_key())
    if not is_valid(code):
        wrong = UnknownReceipt(
            Text(
                "Ini bukan kode kuitansi, atau ada huruf yang salah ketik. Kode terdiri dari 13 huruf dan angka.",
                "This is no code of a receipt, or a letter is wrong. A code has 13 letters and digits.",
            )
        )
        wrong.status = 422
        raise wrong
    try:
        payment = find_receipt(session, code)
    except NotFound as error:
        raise UnknownReceipt(
            Text(
                "Tidak ada kuitansi dengan kode itu di sini. Kuitansi yang memuatnya mungkin palsu.",
                "There is no receipt with that code here. A receipt that bears it may be forged.",
            )
        ) from error
    payer_id = get_agreement(session, payment.agreement_id).account_id
    own = visitor.is_operator or (visitor.account_id is not None and visitor.account_id == payer_id)
    return Receipt(standing_of(session, payment), own)


def own_receipt(session: AnySession, code: str, visitor: Visitor) -> Receipt:
    """The receipt of a code for its payer, or for an operator. Raises NotFound, the same for missing and another's."""
    try:
        receipt = look_up_receipt(session, code, visitor)
    except UnknownReceipt as error:
        raise NotFound from error
    if not receipt.own:
        raise NotFound
    return receipt


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt with the payer's name on A5, in the reader's language; the same bytes until something goes back."""
    standing = receipt.standing
    payment, language = standing.payment, current_language()
    url = f"{hub_origin()}/receipts/{payment.receipt_code}"
    content = {
        "language": language,
        "title": t("Kuitansi", "Receipt"),
        "platform": "Lumbung",
        "number": payment.receipt_number,
        "rows": [
            [t("Sudah terima dari", "Received from"), breakable(payment.payer_name)],
            [t("Uang sejumlah", "The amount of"), _capital(rupiah_in_words(payment.amount, language))],
            [t("Untuk", "For"), breakable(payment.description)],
            [t("Dibayar dengan", "Paid by"), receipt.how],
            [t("Tanggal", "Date"), show_date(payment.paid_at.astimezone(JAKARTA))],
        ],
        "amount": show_rupiah(payment.amount),
        "back": _back(standing),
        "url": url,
        "code": payment.receipt_code,
        "qr": qr_picture(url),
        "check": t("Periksa keasliannya:", "Check that it is genuine:"),
    }
    return set_paper(_layout(), content, timestamp=int(standing.changed_at.timestamp()))


def _back(standing: PaymentStanding) -> list[str]:
    if not standing.returns:
        return []
    told = [
        t(
            "{amount} dikembalikan pada {day}." if one.amount > 0 else "{amount} diterima kembali pada {day}.",
            "{amount} went back on {day}." if one.amount > 0 else "{amount} came again on {day}.",
            amount=show_rupiah(abs(one.amount)),
            day=show_date(one.at.astimezone(JAKARTA)),
        )
        for one in standing.returns
    ]
    return [*told, t("Yang tetap diterima: {amount}.", "What stayed: {amount}.", amount=show_rupiah(standing.kept))]


@cache
def _layout() -> bytes:
    return files("tenants.money").joinpath("templates", "money", "receipt.typ").read_bytes()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
