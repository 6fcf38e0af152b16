"""What may keep money from coming in, or from going back."""

from __future__ import annotations

from lumbung.errors import Conflict, LumbungError, Unavailable
from lumbung.i18n import Text


class MoneyNotReady(LumbungError):
    """This installation has no keys of Stripe: nobody can pay by card here. Everything else works."""

    status = 503
    slug = "money-not-ready"
    title = Text("Pembayaran belum dibuka", "Payments are not open yet")
    default = Text(
        "Pembayaran dengan kartu belum dibuka di sini. Pengelola Lumbung perlu memasang kunci Stripe; caranya ada di "
        "halaman Keuangan pengelola.",
        "Payment by card is not open here yet. The operator of Lumbung needs to set the keys of Stripe; the operator’s "
        "page on money says how.",
    )


class StripeUnreachable(Unavailable):
    """Stripe did not answer in time, or answered that it cannot now; nothing was charged by this attempt."""

    slug = "stripe-unreachable"
    title = Text("Stripe sedang tidak menjawab", "Stripe is not answering")
    default = Text(
        "Layanan pembayaran tidak menjawab. Tidak ada uang yang diambil; coba lagi beberapa menit lagi.",
        "The payment service did not answer. No money was taken; please try again in a few minutes.",
    )


class AgreementBusy(Unavailable):
    """Another is at this agreement and waits for Stripe; nothing was changed."""

    slug = "agreement-busy"
    title = Text("Sedang diperiksa", "It is being looked at")
    default = Text(
        "Kesepakatan ini sedang dicocokkan dengan layanan pembayaran. Tidak ada yang berubah; coba lagi sebentar lagi.",
        "This agreement is being compared with the payment service. Nothing was changed; please try again in a moment.",
    )


class StripeRefused(Conflict):
    """Stripe understood and said no; `said` is its own reason, `missing` whether it has no such thing."""

    slug = "stripe-refused"
    title = Text("Stripe menolak", "Stripe refused")

    def __init__(self, said: str, *, missing: bool = False) -> None:
        super().__init__(
            Text(
                f"Layanan pembayaran menolak permintaan ini: {said}",
                f"The payment service refused this: {said}",
            )
        )
        self.said = said
        self.missing = missing


class RefundRefused(Conflict):
    """A refund that cannot be; the message says why."""

    slug = "refund-refused"
    title = Text("Pengembalian tidak dapat dilakukan", "This refund cannot be made")


class CannotChange(Conflict):
    """An agreement that stands where nothing can be changed or cancelled any more."""

    slug = "agreement-cannot-change"
    title = Text("Tidak dapat diubah lagi", "It cannot be changed any more")
    default = Text(
        "Kesepakatan ini sudah berakhir atau belum pernah dibayar, jadi tidak ada yang perlu dihentikan atau diubah.",
        "This agreement is over or was never paid, so there is nothing to stop or to change.",
    )
