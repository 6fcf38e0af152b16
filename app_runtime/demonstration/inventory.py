"""A part of a city's inventory as listings: websites, systems on other servers, Android apps; all of it invented.

The shares follow what Kota Tangerang counted among its e-government apps: 56 agency websites, 34 for management, 20
public services, 6 for Android, 3 for aspirations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from app_catalog.listings.uses import say_use
from app_catalog.publishers.services import approve_publisher, request_publisher
from app_catalog.releases.models import App
from app_runtime.demonstration.founding import Founded, add_operator
from app_runtime.demonstration.script import ADMIN
from app_runtime.inventory.lines import InventoryLine, read_line
from app_runtime.inventory.services import plan_inventory, take_in
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession

_SITES = (
    ("dinkes", "Dinas Kesehatan", "health"),
    ("disdik", "Dinas Pendidikan", "education"),
    ("dishub", "Dinas Perhubungan", "transport"),
    ("dlh", "Dinas Lingkungan Hidup", "environment"),
    ("dpupr", "Dinas Pekerjaan Umum dan Penataan Ruang", "infrastructure"),
    ("perkim", "Dinas Perumahan dan Permukiman", "infrastructure"),
    ("disnaker", "Dinas Ketenagakerjaan", "employment"),
    ("dinsos", "Dinas Sosial", "public-information"),
    ("disperindag", "Dinas Perindustrian dan Perdagangan", "business"),
    ("diskopumkm", "Dinas Koperasi dan UMKM", "business"),
    ("disdukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "population"),
    ("dpmptsp", "Dinas Penanaman Modal dan PTSP", "permits"),
    ("bapenda", "Badan Pendapatan Daerah", "tax"),
    ("bappeda", "Badan Perencanaan Pembangunan Daerah", "planning"),
    ("bpkd", "Badan Pengelolaan Keuangan Daerah", "budget"),
    ("inspektorat", "Inspektorat", "audit"),
    ("disbudpar", "Dinas Kebudayaan dan Pariwisata", "public-information"),
    ("dispora", "Dinas Pemuda dan Olahraga", "public-information"),
    ("rsud", "Rumah Sakit Umum Daerah", "health"),
)
_SYSTEMS = (
    ("E-Kinerja", "Badan Kepegawaian", "other", "kantor", "Rencana, bukti dan nilai kerja pegawai setiap bulan."),
    ("Presensi Pegawai", "Badan Kepegawaian", "other", "kantor", "Pegawai hadir dari ponsel, di tempat tugasnya."),
    ("Arsip Surat", "Sekretariat Daerah", "letters", "kantor", "Surat masuk dan keluar dicatat dan dicari kembali."),
    (
        "E-Planning",
        "Badan Perencanaan Pembangunan Daerah",
        "planning",
        "kantor",
        "Usulan kelurahan sampai rencana kota.",
    ),
    ("E-Budgeting", "Badan Pengelolaan Keuangan Daerah", "budget", "kantor", "Anggaran tiap dinas di bawah pagunya."),
    ("Aset Daerah", "Badan Pengelolaan Keuangan Daerah", "budget", "kantor", "Tanah, gedung dan kendaraan milik kota."),
    ("Tindak Lanjut Pemeriksaan", "Inspektorat", "audit", "kantor", "Temuan pemeriksaan dan tindak lanjutnya."),
    ("Peta Infrastruktur", "Dinas Pekerjaan Umum dan Penataan Ruang", "infrastructure", "kantor", "Jalan dan saluran."),
    ("Gudang Obat", "Dinas Kesehatan", "health", "kantor", "Persediaan obat puskesmas dan tanggal kedaluwarsanya."),
    ("Data Guru", "Dinas Pendidikan", "education", "kantor", "Guru, sekolah tempat mengajar, dan sertifikatnya."),
    ("Kendaraan Sampah", "Dinas Lingkungan Hidup", "environment", "kantor", "Rute dan ritase truk sampah."),
    ("Perizinan Daring", "Dinas Penanaman Modal dan PTSP", "permits", "warga", "Mengurus izin usaha dari rumah."),
    ("Antrian Puskesmas", "Dinas Kesehatan", "health", "warga", "Nomor antrian sebelum berangkat ke puskesmas."),
    ("Bursa Kerja", "Dinas Ketenagakerjaan", "employment", "warga", "Lowongan dari perusahaan yang sudah diperiksa."),
    ("Pendaftaran Sekolah", "Dinas Pendidikan", "education", "warga", "Mendaftar sekolah menurut zona dan kuota."),
    ("Cek Pajak Bumi", "Badan Pendapatan Daerah", "tax", "warga", "Melihat tagihan pajak bumi dan bangunan."),
    ("Akta Daring", "Dinas Kependudukan dan Pencatatan Sipil", "population", "warga", "Memohon akta kelahiran."),
    ("Suara Warga", "Dinas Komunikasi dan Informatika", "complaints", "warga", "Usul dan aduan warga, kapan saja."),
    ("Musyawarah Kelurahan", "Sekretariat Daerah", "planning", "warga", "Usulan warga untuk musyawarah kelurahan."),
)
_ANDROID = (
    (
        "Kota dalam Genggaman",
        "Dinas Komunikasi dan Informatika",
        "public-information",
        "Layanan kota dalam satu aplikasi.",
    ),
    ("Bus Kota", "Dinas Perhubungan", "transport", "Halte terdekat dan jadwal bus kota."),
)
USED_HERE = ("Perizinan Daring", "Antrian Puskesmas", "Kota dalam Genggaman")
"""What the city itself says in public that it uses."""


def list_inventory(session: AnySession, founded: Founded, *, neighbour: Founded | None = None) -> None:
    """The city asks to be a publisher, is approved, and lists what it runs; it says which of that it uses, and its
    neighbour says one of it too."""
    admin = founded.visitor(founded.city.with_role(ADMIN))
    assert admin.account_id is not None
    slug = founded.city.slug
    publisher = request_publisher(
        session,
        admin.account_id,
        kind="municipality",
        name=founded.municipality.name,
        slug=slug,
        contact_email=f"aplikasi@{slug}.example.org",
        about="Inventaris aplikasi kota. Data peragaan: semua nama dan alamat dikarang.",
        municipality_id=founded.id,
    )
    approve_publisher(session, publisher.id, decided_by=add_operator(session).id)
    take_in(session, publisher, plan_inventory(session, publisher, list(_lines(slug))))
    _say(session, founded, slug, USED_HERE)
    if neighbour is not None:
        _say(session, neighbour, slug, USED_HERE[-1:])


def _lines(slug: str) -> Iterator[InventoryLine]:
    rows = [
        (f"Situs {office}", "website", category, office, f"{key}.{slug}.example.org", "", "warga")
        for key, office, category in _SITES
    ]
    rows += [
        (name, "hosted", category, office, f"{_key(name)}.{slug}.example.org", summary, audience)
        for name, office, category, audience, summary in _SYSTEMS
    ]
    rows += [
        (name, "android", category, office, f"unduh.{slug}.example.org/{_key(name)}", summary, "warga")
        for name, office, category, summary in _ANDROID
    ]
    columns = ("name", "kind", "category", "agency", "address", "summary", "audience")
    for number, row in enumerate(rows, start=1):
        yield read_line(number, dict(zip(columns, row, strict=True)))


def _key(name: str) -> str:
    return "-".join(name.lower().split())


def _say(session: AnySession, founded: Founded, slug: str, names: Sequence[str]) -> None:
    found = session.scalars(
        select(App.slug).where(App.kind != "package", App.slug.endswith(f"-{slug}"), App.name["id"].astext.in_(names))
    ).all()
    with as_tenant(session, founded.id):
        for app_slug in sorted(found):
            say_use(session, founded.id, app_slug)
