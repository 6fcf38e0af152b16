"""Topics, forms and states of assistance in words."""

from __future__ import annotations

from lumbung.i18n import Text

TOPICS: dict[str, Text] = {
    "starting": Text("Memulai", "Starting"),
    "settings": Text("Pengaturan", "Settings"),
    "training": Text("Melatih petugas", "Training officials"),
    "moving_data": Text("Memindahkan data lama", "Moving old data"),
    "low_use": Text("Pemakaian masih rendah", "Use is low"),
    "other": Text("Lainnya", "Something else"),
}
FORMS: dict[str, Text] = {
    "online": Text("Daring", "Online"),
    "on_site": Text("Tatap muka di tempat kami", "On site, with us"),
    "either": Text("Keduanya boleh", "Either"),
}
MEETING_FORMS: dict[str, Text] = {
    "online": Text("Daring", "Online"),
    "on_site": Text("Tatap muka", "On site"),
}
STATES: dict[str, Text] = {
    "asked": Text("Menunggu jawaban", "Waiting for an answer"),
    "declined": Text("Belum ada yang dapat membantu", "Nobody can help yet"),
    "accepted": Text("Diterima", "Accepted"),
    "under_way": Text("Berjalan", "Under way"),
    "done": Text("Selesai", "Done"),
    "withdrawn": Text("Ditarik", "Withdrawn"),
}
TONES = {
    "asked": "amber",
    "declined": "red",
    "accepted": "blue",
    "under_way": "blue",
    "done": "green",
    "withdrawn": "grey",
}
MEETING_STATES: dict[str, Text] = {
    "proposed": Text("Menunggu kesepakatan waktu", "Waiting for a time to be agreed on"),
    "agreed": Text("Disepakati", "Agreed"),
    "held": Text("Sudah dilaksanakan", "Held"),
    "cancelled": Text("Dibatalkan", "Cancelled"),
}
MEETING_TONES = {"proposed": "amber", "agreed": "blue", "held": "green", "cancelled": "grey"}
EVENTS: dict[str, Text] = {
    "asked": Text("meminta pendampingan", "asked for help"),
    "asked_others": Text("bertanya juga kepada yang lain", "asked others too"),
    "accepted": Text("bersedia mendampingi", "agreed to help"),
    "declined": Text("tidak dapat membantu", "cannot help"),
    "handed_on": Text("meneruskan permintaan", "handed the request on"),
    "times_proposed": Text("mengusulkan waktu sesi", "proposed times for a session"),
    "time_agreed": Text("menyepakati waktu sesi", "agreed on a time for a session"),
    "place_changed": Text("mengubah tempat sesi", "changed the place of a session"),
    "meeting_cancelled": Text("membatalkan sesi", "cancelled a session"),
    "meeting_held": Text("mencatat hasil sesi", "wrote down what came of a session"),
    "done": Text("menutup pendampingan", "closed the case"),
    "withdrawn": Text("menarik permintaan", "withdrew the request"),
}
OPEN_STATES = frozenset({"asked", "declined", "accepted", "under_way"})
"""States in which something can still happen."""
HELPED_STATES = frozenset({"accepted", "under_way"})
"""States in which a helper is at work."""
