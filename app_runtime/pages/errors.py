"""What can stand in the way of opening a page."""

from __future__ import annotations

from lumbung.errors import Gone
from lumbung.i18n import Text


class ServiceOff(Gone):
    """The municipality has taken the app off its portal."""

    slug = "service-off"
    title = Text("Layanan ini tidak aktif lagi", "This service is no longer offered")
    default = Text(
        "Daerah ini sudah menghentikan layanan ini di portalnya. Yang sudah Anda kirim tidak hilang dan tetap dapat "
        "dilacak dengan kodenya di halaman “Lacak laporan”.",
        "The municipality has taken this service off its portal. What you sent is not lost and can still be followed "
        "with its code on the page “Track”.",
    )
