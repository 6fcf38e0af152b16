"""Points of free Wi-Fi, and what citizens report of them."""

from __future__ import annotations

from datetime import datetime

from app_runtime.demonstration.services.script import CITIZEN, Item, Service, Step

_KEEPER = "raka"


def _point(code: int, name: str, kind: str, area: str, spot: int, speed: int, measured: int, *more: Step) -> Item:
    values = {
        "code": code,
        "name": name,
        "kind": kind,
        "area": area,
        "network": "TANGSEL-GRATIS",
        "provider": "own",
        "speed": speed,
        "cost": 350_000 + speed * 3_000,
    }
    on = Step(4, _KEEPER, "activate", {"since": f"2025-0{code % 9 + 1}-12", "measured": measured})
    return Item("point", 40 - code / 10, _KEEPER, values, (on, *more), spot)


def wifi(until: datetime) -> Service:
    """A month of free Wi-Fi."""
    del until
    off = Step(700, _KEEPER, "disturb", {"notice": "Kabel terputus karena galian; diperbaiki pekan ini."})
    slow = Step(400, _KEEPER, "look", {"measured": 21, "finding": "Pohon menutup antena di sisi utara."})
    mended = Step(20, _KEEPER, "mend", {"done": "Catu daya diganti; sinyal sudah normal."})
    come = Step(6, _KEEPER, "respond", {"answer": "Petugas memeriksa alatnya hari ini."})
    return Service(
        "wifi",
        {"office": "diskominfo"},
        [
            _point(1, "Taman Kota 2 Serpong, dekat panggung", "park", "Serpong", 8, 100, 92),
            _point(2, "Situ Gintung, sisi dermaga", "park", "Ciputat Timur", 3, 100, 21, slow),
            _point(3, "Perpustakaan daerah, ruang baca", "school", "Setu", 13, 200, 188),
            _point(5, "Pasar Ciputat, lorong tengah", "market", "Ciputat", 4, 50, 33, off),
            _point(6, "Stasiun Rawa Buntu, halaman depan", "transport", "Serpong", 0, 100, 81),
            _point(8, "Alun-alun Pondok Aren", "park", "Pondok Aren", 15, 100, 76),
            Item(
                "fault",
                24,
                CITIZEN,
                {
                    "code": 6,
                    "trouble": "no-internet",
                    "description": "Tersambung, tetapi tidak ada halaman yang terbuka.",
                },
                (come, mended),
            ),
            Item(
                "fault",
                15,
                CITIZEN,
                {"code": 2, "trouble": "slow", "description": "Sore hari hampir tidak bisa dipakai."},
                (come,),
            ),
            Item(
                "fault",
                9,
                CITIZEN,
                {"code": 5, "trouble": "no-signal", "description": "Sejak kemarin jaringannya tidak muncul."},
                (come,),
            ),
            Item(
                "fault",
                4,
                CITIZEN,
                {
                    "landmark": "Taman dekat kolam renang, bangku kayu",
                    "trouble": "sign-in",
                    "description": "Diminta kode, padahal dulu tidak.",
                },
            ),
            Item(
                "fault",
                0.4,
                CITIZEN,
                {"code": 8, "trouble": "slow", "description": "Video pelajaran anak berhenti terus."},
            ),
        ],
    )
