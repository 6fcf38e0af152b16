"""What municipalities of the demonstration wish for, who misses it too, and what a publisher has taken up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app_catalog.publishers.models import Publisher
from app_catalog.wishes.models import Wish
from app_catalog.wishes.services import claim_wish, vote, wish
from app_runtime.demonstration.judging import maintainer_visitor
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import City
from lumbung.db import as_tenant, set_clock, use_tenant
from lumbung.db.tenancy import AnySession
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

WISHES: tuple[tuple[str, int, str, str, str, str, tuple[str, ...]], ...] = (
    (
        "surabaya",
        26,
        "Antrean puskesmas dari rumah",
        "Warga datang subuh hanya untuk mengambil nomor, lalu menunggu berjam-jam. Kami ingin nomor diambil "
        "dari ponsel, dan layar di puskesmas yang memanggilnya.",
        "Pasien puskesmas dan petugas loket",
        "health",
        ("tangsel", "semarang", "kupang", "jayapura"),
    ),
    (
        "padang",
        19,
        "Peminjaman aula dan lapangan milik daerah",
        "Jadwal aula ada di buku tulis masing-masing kantor, sehingga sering terpakai dua kali pada hari yang sama.",
        "Warga, komunitas, dan pengelola gedung",
        "other",
        ("denpasar", "balikpapan"),
    ),
    (
        "kupang",
        12,
        "Pendataan penerima air bersih saat kemarau",
        "Truk tangki mendatangi kelurahan yang sama dua kali, sementara yang lain terlewat, "
        "karena daftarnya di kertas.",
        "Kelurahan, petugas tangki air, dan warga",
        "infrastructure",
        ("lebak", "gowa", "surabaya"),
    ),
    (
        "ternate",
        5,
        "Jadwal kapal dan angkutan antarpulau",
        "Perubahan jadwal karena cuaca hanya ditempel di pelabuhan; warga dari pulau lain baru tahu setelah tiba.",
        "Penumpang dan nelayan",
        "transport",
        (),
    ),
)
"""Who wishes (slug), how many days ago, title, problem, whom it serves, category, and who misses it too."""
CLAIMED = (WISHES[0][2], 90, "Kami mulai dari dua puskesmas, lalu membagikannya sebagai paket.")


def wish_for_apps(session: AnySession, maintainer: City, *, until: datetime) -> None:
    """Let them wish and vote in the weeks before `until`; the app's publisher takes up the most wanted."""
    places = {place.slug: place for place in session.scalars(select(Municipality)).all()}
    for slug, days, title, problem, serves, category, others in WISHES:
        moment = until - timedelta(days=days)
        visitor = Visitor(name=f"Evaluator {places[slug].name}")
        with set_clock(moment), as_tenant(session, places[slug].id):
            wished = wish(session, visitor, title=title, problem=problem, serves=serves, category=category)
        for turn, other in enumerate(others, 1):
            with set_clock(moment + timedelta(hours=20 * turn)), as_tenant(session, places[other].id):
                vote(session, wished.id)
    _take_up(session, maintainer, until=until)


def _take_up(session: AnySession, maintainer: City, *, until: datetime) -> None:
    app, _ = find_release(session)
    publisher = session.get_one(Publisher, app.publisher_id)
    title, days, note = CLAIMED
    use_tenant(session, None)
    wished = session.scalars(select(Wish.id).where(Wish.title == title)).one()
    with set_clock(until - timedelta(days=3)):
        visitor = maintainer_visitor(session, maintainer, publisher.id)
        day = (until + timedelta(days=days)).date()
        claim_wish(session, visitor, publisher, wished, until=day, note=note)
