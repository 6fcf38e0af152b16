"""The plans: who they are for, what they cost, and what a municipality may keep under each (ADR 59)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lumbung.i18n import Text

GB = 1_000_000_000


class Resource(StrEnum):
    """What is counted. The values are stored: they are never renamed."""

    FILES = "files"
    RECORDS = "records"
    EMAILS = "emails"


class PlanKind(StrEnum):
    """The plans; a programme is `province` or `vendor`. The values are stored: they are never renamed."""

    PARTNER = "partner"
    PROVINCE = "province"
    VENDOR = "vendor"


Limits = Mapping[Resource, int]
"""How much: bytes of files, records, and e-mails in a month."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted, what every municipality has free, and why that much; what stops when it is full."""

    name: Text
    free: int
    reason: Text
    stops: Text


MEASURES: Mapping[Resource, Measure] = {
    Resource.FILES: Measure(
        name=Text("Berkas dan foto", "Files and photos"),
        free=20 * GB,
        reason=Text(
            "Cukup untuk sekitar 40.000 laporan dengan foto: beberapa tahun bagi kota besar.",
            "Enough for about 40,000 reports with photos: several years of a large city.",
        ),
        stops=Text(
            "Impor baru, unggahan petugas ke pengaturan aplikasi, lambang, dan ikon, serta pengaktifan aplikasi lagi.",
            "New imports, officials’ uploads to the settings of apps, seals and icons, and enabling further apps.",
        ),
    ),
    Resource.RECORDS: Measure(
        name=Text("Rekaman", "Records"),
        free=250_000,
        reason=Text(
            "Laporan, surat, izin, dan data induk bersama-sama; kota sejuta jiwa memerlukan beberapa tahun untuk "
            "mengisinya.",
            "Reports, letters, permits and reference data together; a city of a million takes several years to fill "
            "it.",
        ),
        stops=Text(
            "Rekaman dari impor dan pengaktifan aplikasi lagi.", "Records from imports, and enabling further apps."
        ),
    ),
    Resource.EMAILS: Measure(
        name=Text("E-mail sebulan", "E-mails a month"),
        free=20_000,
        reason=Text(
            "Lebih dari 600 sehari: kabar untuk warga dan tugas untuk petugas.",
            "More than 600 a day: news for citizens and tasks for officials.",
        ),
        stops=Text("Impor yang ikut mengirim pesan.", "Imports that send messages too."),
    ),
}
TIMES = 5
"""How many times the free limits a municipality has while it is in a programme that is paid."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many municipalities a programme may hold, for how many whole rupiah a month."""

    municipalities: int
    price: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan; `sizes` is empty for the one that costs nothing."""

    kind: PlanKind
    name: Text
    audience: Text
    sizes: tuple[Size, ...] = ()

    @property
    def times(self) -> int:
        return TIMES if self.sizes else 1

    @property
    def limits(self) -> Limits:
        return {resource: measure.free * self.times for resource, measure in MEASURES.items()}

    def price_of(self, municipalities: int) -> int | None:
        """The price of a size, None when there is no such size."""
        return next((size.price for size in self.sizes if size.municipalities == municipalities), None)


PLANS: Mapping[PlanKind, Plan] = {
    PlanKind.PARTNER: Plan(
        PlanKind.PARTNER,
        Text("Daerah mitra", "Partner municipality"),
        Text(
            "Untuk setiap kota dan kabupaten. Semua aplikasi, semua petugas, semua warga.",
            "For every city and regency. All apps, all officials, all citizens.",
        ),
    ),
    PlanKind.PROVINCE: Plan(
        PlanKind.PROVINCE,
        Text("Provinsi", "Province"),
        Text(
            "Untuk provinsi, kementerian, atau asosiasi yang membiayai program bagi beberapa daerah.",
            "For a province, ministry or association that pays for a programme of several municipalities.",
        ),
        (Size(10, 2_500_000), Size(20, 4_500_000), Size(40, 8_000_000)),
    ),
    PlanKind.VENDOR: Plan(
        PlanKind.VENDOR,
        Text("Penyedia", "Vendor"),
        Text(
            "Untuk perusahaan yang mendampingi atau mengelola daerah sebagai usaha.",
            "For a company that supports or runs municipalities as its business.",
        ),
        (Size(5, 2_500_000), Size(15, 6_000_000), Size(40, 12_000_000)),
    ),
}


def name_of(kind: str) -> Text:
    """The name of a plan by its stored kind."""
    return PLANS[PlanKind(kind)].name
