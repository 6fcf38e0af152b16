"""How releases come to municipalities, in words."""

from __future__ import annotations

from lumbung.i18n import Text

EVENTS = {
    "submitted": Text("Menunggu kurator", "Waits for a curator"),
    "sent_back": Text("Dikembalikan kurator", "Sent back by a curator"),
    "published": Text("Terbit", "Published"),
    "promoted": Text("Menjadi stabil", "Made stable"),
    "yanked": Text("Ditarik", "Yanked"),
}
HOW = {
    "enabled": Text("diaktifkan baru", "newly enabled"),
    "by_hand": Text("dipindah oleh adminnya", "changed by an administrator"),
    "automatic": Text("pindah dengan sendirinya", "taken by itself"),
    "went_back": Text("kembali ke versi ini", "went back to it"),
}
