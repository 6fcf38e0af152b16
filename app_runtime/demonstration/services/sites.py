"""The sites of agencies: news, a notice, a page, contacts."""

from __future__ import annotations

from datetime import datetime

from app_runtime.demonstration.services.script import Item, Service, Step, day_of

_EDITOR = "fajar"


def _news(
    days: float, office: str, writer: str, topic: str, headline: str, summary: str, body: str, *, out: bool = True
) -> Item:
    values = {"headline": headline, "office": office, "topic": topic, "summary": summary, "body": body}
    steps = (Step(1, writer, "submit"), Step(3, _EDITOR, "publish"))
    return Item("news", days, writer, values, steps if out else steps[:1])


def _contact(name: str, office: str, spot: int, phone: str) -> Item:
    values = {
        "name": name,
        "office": office,
        "address": "Pusat Pemerintahan Kota, gedung contoh",
        "phone": phone,
        "hours": "Senin–Jumat 08.00–15.30",
    }
    return Item("contact", 30, _EDITOR, values, (), spot)


def sites(until: datetime) -> Service:
    """A month of news."""
    notice = {
        "headline": "Pengangkutan sampah libur nasional",
        "office": "dlh",
        "topic": "service",
        "ends": day_of(until, 12).isoformat(),
        "body": (
            "Pada hari libur sampah diangkut **sehari lebih lambat**. Taruh kantong di dalam pagar sampai truk datang."
        ),
    }
    page = {
        "headline": "Cara meminta bibit pohon",
        "office": "dlh",
        "kind": "service",
        "body": "## Syarat\n\n- Warga Kota Tangerang\n- Satu pohon untuk satu rumah\n\n"
        "Datang ke kantor dinas pada jam layanan; bibit diberikan **cuma-cuma**.",
    }
    out = (Step(1, "ujang", "submit"), Step(3, _EDITOR, "publish"))
    return Service(
        "websites",
        {},
        [
            _contact("Dinas Lingkungan Hidup", "dlh", 2, "+622155500171"),
            _contact("Dinas Pendidikan", "disdik", 4, "+622155500172"),
            _contact("Dinas Perhubungan", "dishub", 0, "+622155500173"),
            Item("article", 28, "ujang", page, out),
            _news(
                21,
                "dlh",
                "ujang",
                "activity",
                "Tepi Cisadane dibersihkan bersama warga",
                "Sabtu lalu 400 warga mengangkut tiga ton sampah dari tepi sungai.",
                "Kegiatan dimulai pukul 06.30 di tiga titik. Sampah plastik dipilah dan dibawa ke bank sampah."
                "\n\nKegiatan **berikutnya** bulan depan; daftar di kelurahan.",
            ),
            _news(
                13,
                "dishub",
                "umi",
                "works",
                "Halte baru di Jalan Daan Mogot",
                "Tiga halte dengan bangku dan atap dipakai mulai Senin.",
                "Halte dilengkapi ubin pemandu dan lampu. Jadwal bus ditempel di setiap halte.",
            ),
            _news(
                8,
                "disdik",
                "nining",
                "school",
                "Perpustakaan kota buka sampai malam",
                "Mulai pekan depan perpustakaan buka sampai pukul 20.00.",
                "Ruang baca anak tetap tutup pukul 17.00. Peminjaman dapat dilakukan dengan KTP atau kartu pelajar.",
            ),
            Item("notice", 5, "ujang", notice, out),
            _news(
                0.5,
                "dlh",
                "ujang",
                "activity",
                "Seribu bibit untuk kampung hijau",
                "Pembagian bibit dimulai Sabtu di kantor dinas.",
                "Setiap rumah mendapat satu bibit. Bawalah kartu keluarga.",
                out=False,
            ),
        ],
    )
