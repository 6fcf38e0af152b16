"""Applications for permits, in each of their states."""

from __future__ import annotations

from datetime import datetime

from app_runtime.demonstration.services.script import CITIZEN, Item, Service, Step

_CHECKER, _SUPERVISOR, _SIGNER = "bagas", "endah", "vina"


def permits(until: datetime) -> Service:
    """A month of applications."""
    del until

    def applied(days: float, kind: str, business: str, area: str, name: str, purpose: str, *steps: Step) -> Item:
        login = name.split()[0].lower()
        values = {
            "kind": kind,
            "business": business,
            "purpose": purpose,
            "address": f"Jalan Contoh 1, {area}",
            "area": area,
            "applying_as": "business",
            "nib": f"81200{len(business):03}{int(days * 10):05}"[:13].ljust(13, "7"),
            "applicant": {"name": name, "email": f"{login}@example.org"},
        }
        return Item("permit", days, CITIZEN, values, steps)

    check = Step(9, _CHECKER, "pass", {"check_note": "Berkas lengkap dan jelas."})
    advise = Step(
        40, "robby", "recommend", {"advice": "recommended", "advice_note": "Tidak mengganggu jalan dan saluran."}
    )
    propose = Step(9, _CHECKER, "propose", {"check_note": "Berkas lengkap."})
    approve, sign = Step(20, _SUPERVISOR, "approve"), Step(20, _SIGNER, "sign")
    missing = Step(10, _CHECKER, "send_back", {"missing": "Persetujuan pemilik lahan belum ada."})
    refuse = Step(
        30,
        _SUPERVISOR,
        "refuse",
        {"reason": "Lokasi berada di ruang milik jalan; aturan reklame tidak membolehkannya."},
    )
    agency = {"billboard": "dpu", "practice": "dpmptsp", "digging": "dpu", "stall": "satpol-pp", "event": "satpol-pp"}
    return Service(
        "perizinan",
        {"office": "dpmptsp", "kinds": {kind: {"agency": key} for kind, key in agency.items()}},
        [
            applied(
                27,
                "stall",
                "Soto Betawi Bu Yati",
                "Serpong",
                "Yati Rohayati",
                "Gerobak 2 meter, sore sampai malam.",
                propose,
                approve,
                sign,
            ),
            applied(
                25,
                "event",
                "Bazar Ramadan Karang Taruna",
                "Pamulang",
                "Rizky Maulana",
                "Bazar tiga hari di lapangan kecamatan.",
                propose,
                approve,
                sign,
            ),
            applied(
                20,
                "billboard",
                "Papan Nama Apotek Sehat",
                "Ciputat",
                "Lina Hartati",
                "Papan nama 2 x 1 meter di depan toko.",
                check,
                advise,
                approve,
                sign,
            ),
            applied(
                14,
                "billboard",
                "Reklame Tiang Jalan Raya",
                "Pondok Aren",
                "Hasan Basri",
                "Reklame tiang 4 x 8 meter.",
                check,
                advise,
                refuse,
            ),
            applied(
                6,
                "stall",
                "Kopi Keliling Mas Bimo",
                "Ciputat Timur",
                "Bimo Saputra",
                "Sepeda kopi di taman, pagi hari.",
                missing,
            ),
            applied(
                3,
                "billboard",
                "Spanduk Toko Buku Aksara",
                "Serpong Utara",
                "Nita Anjani",
                "Spanduk 1 x 4 meter selama sebulan.",
                check,
            ),
            applied(
                0.6,
                "event",
                "Lomba Lari Warga Bintaro",
                "Pondok Aren",
                "Arief Nugroho",
                "Lari 5 km, 300 peserta, Minggu pagi.",
            ),
        ],
    )
