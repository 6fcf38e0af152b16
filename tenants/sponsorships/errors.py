"""What may keep a sponsorship from beginning."""

from __future__ import annotations

from lumbung.errors import Conflict
from lumbung.i18n import Text


class TargetClosed(Conflict):
    """What somebody wants to sponsor cannot be sponsored now; the message says why."""

    slug = "target-closed"
    title = Text("Tidak dapat disponsori sekarang", "It cannot be sponsored now")
