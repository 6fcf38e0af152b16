"""What may go wrong with invitations."""

from __future__ import annotations

from lumbung.errors import Conflict, Gone
from lumbung.i18n import Text


class InvitationGone(Gone):
    """An invitation that was used, withdrawn or replaced, is too old, or never was: the answer is the same."""

    slug = "invitation-gone"
    title = Text("Undangan ini sudah tidak berlaku", "This invitation is no longer valid")
    default = Text(
        "Undangan sudah dipakai, ditarik, atau kedaluwarsa. Mintalah undangan baru kepada admin daerah Anda.",
        "The invitation was used, withdrawn or has expired. Ask your municipality's administrator for a new one.",
    )


class AccountExists(Conflict):
    """The invited address has an account already: its owner signs in and accepts."""

    slug = "invited-account-exists"
    title = Text("Anda sudah punya akun", "You have an account already")
    default = Text(
        "Alamat e-mail ini sudah punya akun. Masuk dengan akun itu, lalu terima undangannya.",
        "This e-mail address has an account. Sign in with it, then accept the invitation.",
    )
