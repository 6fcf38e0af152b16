"""What may go wrong with accounts."""

from __future__ import annotations

from lumbung.errors import Conflict, Gone, Invalid
from lumbung.i18n import Text


class AddressTaken(Conflict):
    """There is an account with this e-mail address. Said to operators and commands only, never on the sign-up page."""

    slug = "account-address-taken"
    default = Text("Sudah ada akun dengan alamat e-mail ini.", "There is an account with this e-mail address already.")


class WrongPassword(Invalid):
    """Address or password is wrong, or the account is disabled: the answer is the same."""

    slug = "wrong-password"
    default = Text(
        "Alamat e-mail atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.",
        "E-mail address or password does not match. Check both and try again.",
    )


class NotConfirmed(Invalid):
    """The password is right, the address was not confirmed yet."""

    slug = "address-not-confirmed"
    default = Text(
        "Alamat e-mail Anda belum dikonfirmasi. Tautan baru sudah kami kirim; buka e-mail Anda.",
        "Your e-mail address is not confirmed yet. A new link is on its way; open your mail.",
    )


class LinkGone(Gone):
    """A reset or confirmation link was used, replaced or is too old."""

    slug = "link-gone"
    title = Text("Tautan ini sudah tidak berlaku", "This link is no longer valid")
    default = Text(
        "Tautan sudah dipakai, diganti yang baru, atau kedaluwarsa. Mintalah tautan baru.",
        "The link was used, replaced by a newer one, or has expired. Ask for a new one.",
    )


class HandoverGone(Gone):
    """A hand-over link was used, is too old, or was made for another host."""

    slug = "handover-gone"
    title = Text("Silakan masuk sekali lagi", "Please sign in once more")
    default = Text(
        "Tautan masuk hanya berlaku sekali dan sebentar saja. Buka halaman daerah Anda, lalu pilih Masuk.",
        "A sign-in link works once and for a moment only. Open your municipality's page and choose Sign in.",
    )
