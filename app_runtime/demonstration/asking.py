"""What municipalities of the demonstration ask of the app's publisher, who supports it, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app_catalog.installations.services import access_installation
from app_catalog.publishers.models import Publisher
from app_catalog.requests.deciding import decide_request
from app_catalog.requests.services import vote, write_request
from app_runtime.demonstration.judging import maintainer_visitor
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import APP, City
from lumbung.db import as_tenant, set_clock, use_tenant
from lumbung.db.tenancy import AnySession
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: who asks (slug), how many days ago, and what became of it. `merged` is the title that it repeats."""

    who: str
    days: int
    kind: str
    title: str
    words: str
    support: tuple[str, ...] = ()
    state: str = ""
    note: str = ""
    merged: str = ""


TWINS = "Gabungkan laporan kembar tentang satu tempat"
RATING = "Tanyakan kepuasan warga setelah laporan selesai"
REQUESTS = (
    Asked(
        who="surabaya",
        days=27,
        kind="idea",
        title=TWINS,
        words="Satu lubang di jalan besar dilaporkan sebelas orang; petugas kami menutup sebelas laporan.",
        support=("semarang", "padang", "denpasar", "balikpapan", "kupang"),
        state="planned",
        note="Masuk rencana 1.0: pelapor berikutnya cukup menekan “saya juga”, dan semua dikabari sekaligus.",
    ),
    Asked(
        who="semarang",
        days=21,
        kind="idea",
        title="Satukan laporan yang fotonya dari tempat yang sama",
        words="Sama dengan keluhan kota lain, tetapi berdasarkan foto dan lokasinya.",
        support=("belitung-timur",),
        state="duplicate",
        merged=TWINS,
    ),
    Asked(
        who="padang",
        days=24,
        kind="bug",
        title="Nama jalan terpotong di daftar pada ponsel kecil",
        words="Di layar 360 piksel, nama jalan yang panjang hilang di tengah kata.",
        support=("ternate", "pontianak"),
        state="in_progress",
        note="Sudah dapat kami ulang; perbaikannya diuji minggu ini.",
    ),
    Asked(
        who="denpasar",
        days=30,
        kind="idea",
        title=RATING,
        words="Kami ingin tahu apakah yang kami sebut selesai juga selesai menurut warga.",
        support=("surabaya", "semarang", "jayapura"),
        state="fixed",
        note="Pelapor kini ditanya begitu laporannya selesai, di pesan dan di halaman lacak.",
    ),
    Asked(
        who="kupang",
        days=9,
        kind="question",
        title="Bolehkah batas waktu berbeda untuk tiap pulau?",
        words="Kapal ke Semau tidak setiap hari ada.",
        state="in_progress",
        note="Batas waktu per kategori sudah dapat diatur; per wilayah sedang kami pertimbangkan.",
    ),
    Asked(
        who="jayapura",
        days=15,
        kind="idea",
        title="Kirim laporan lewat SMS bila tidak ada paket data",
        words="Di distrik jauh hanya ada sinyal telepon.",
        support=("ternate", "kepulauan-siau-tagulandang-biaro", "kupang"),
    ),
    Asked(
        who="balikpapan",
        days=12,
        kind="idea",
        title="Tampilkan nama pelapor supaya tidak asal lapor",
        words="Sebagian laporan tidak dapat dipertanggungjawabkan.",
        state="declined",
        note="Pelapor dilindungi: namanya tidak pernah tampil untuk umum. Petugas dapat menolak laporan dengan alasan.",
    ),
    Asked(
        who="serang",
        days=6,
        kind="bug",
        title="Foto dari galeri lama kadang miring",
        words="Foto dari ponsel keluaran lama tampil rebah.",
        support=("pontianak",),
    ),
)


def ask_publisher(session: AnySession, maintainer: City, *, until: datetime) -> None:
    """Let them ask and vote in the weeks before `until`; the app's publisher decides a few days later."""
    app, release = find_release(session)
    publisher = session.get_one(Publisher, app.publisher_id)
    places = {place.slug: place for place in session.scalars(select(Municipality)).all()}
    ids = dict[str, UUID]()
    for asked in REQUESTS:
        moment, place = until - timedelta(days=asked.days), places[asked.who]
        with set_clock(moment), as_tenant(session, place.id):
            visitor = Visitor(name=f"Evaluator {place.name}")
            written = write_request(
                session,
                visitor,
                access_installation(session, APP),
                kind=asked.kind,
                title=asked.title,
                words=asked.words,
            )
            ids[asked.title] = written.id
        for turn, other in enumerate(asked.support, 1):
            with set_clock(moment + timedelta(hours=9 * turn)), as_tenant(session, places[other].id):
                vote(session, access_installation(session, APP), ids[asked.title])
    use_tenant(session, None)
    visitor = maintainer_visitor(session, maintainer, publisher.id)
    for asked in REQUESTS:
        if asked.state:
            with set_clock(until - timedelta(days=max(asked.days - 4, 1))):
                decide_request(
                    session,
                    visitor,
                    publisher,
                    ids[asked.title],
                    state=asked.state,
                    note=asked.note,
                    fixed_version=release.version if asked.state == "fixed" else "",
                    duplicate_of=str(ids.get(asked.merged, "")),
                )
