"""Kinds and states of requests in words."""

from __future__ import annotations

from lumbung.i18n import Text

KINDS: dict[str, Text] = {
    "bug": Text("Kesalahan", "Bug"),
    "idea": Text("Usulan", "Idea"),
    "question": Text("Pertanyaan", "Question"),
}
STATES: dict[str, Text] = {
    "open": Text("Terbuka", "Open"),
    "planned": Text("Direncanakan", "Planned"),
    "in_progress": Text("Dikerjakan", "In progress"),
    "fixed": Text("Selesai", "Fixed"),
    "declined": Text("Tidak dikerjakan", "Declined"),
    "duplicate": Text("Sama dengan yang lain", "Duplicate"),
}
TONES = {
    "open": "grey",
    "planned": "amber",
    "in_progress": "blue",
    "fixed": "green",
    "declined": "red",
    "duplicate": "grey",
}
ICONS = {"bug": "alert-circle", "idea": "bulb", "question": "help-circle"}
STILL_WANTED = frozenset({"open", "planned", "in_progress"})
"""States in which a vote means something."""
