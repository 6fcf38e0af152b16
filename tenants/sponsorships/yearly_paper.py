"""A sponsor's year as PDF, set by Typst: the same content gives the same bytes."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from lumbung.i18n import current_language, show_date, show_number, show_rupiah, t
from lumbung.money.models import Cadence
from lumbung.money.words import rupiah_in_words
from lumbung.typesetting import breakable, qr_picture, set_paper
from lumbung.web.sites import hub_origin
from tenants.sponsorships.forms import KINDS
from tenants.sponsorships.models import SponsorKind
from tenants.sponsorships.standing import CADENCES, day_of, month_name
from tenants.sponsorships.use import Use
from tenants.sponsorships.yearly import Year, YearOfOne


def yearly_pdf(year: Year) -> bytes:
    """The report on A4 in the reader's language. Fonts are those that the typesetter carries, never the machine's;
    nothing is read from disk or network. Its date is that of the last payment in it."""
    sponsor = year.sponsor
    content = {
        "language": current_language(),
        "title": t("Laporan sponsor {year}", "Sponsorship report {year}", year=year.year),
        "sponsor": breakable(sponsor.name),
        "under": [str(KINDS[SponsorKind(sponsor.kind)]), *([breakable(sponsor.city)] if sponsor.city else [])],
        "summary": [
            [t("Dibayar tahun ini", "Paid this year"), show_rupiah(year.paid)],
            [t("Dikembalikan", "Given back"), show_rupiah(year.given_back)],
            [t("Jumlah bersih", "Net"), show_rupiah(year.paid - year.given_back)],
            [t("Terbilang", "In words"), _in_words(year.paid - year.given_back)],
        ],
        "parts": [_part(part) for part in year.parts],
        "labels": _labels(),
    }
    layout = files("tenants.sponsorships").joinpath("templates", "sponsorships", "yearly.typ").read_bytes()
    return set_paper(layout, content, timestamp=int(year.stamp.timestamp()))


def _in_words(amount: int) -> str:
    return rupiah_in_words(amount, current_language()) if amount > 0 else "–"


def _labels() -> dict[str, str]:
    return {
        "receipt": t("Kuitansi", "Receipt"),
        "day": t("Tanggal", "Date"),
        "amount": t("Jumlah", "Amount"),
        "back": t("Dikembalikan", "Given back"),
        "use": t("Yang tercapai", "What it achieved"),
        "caveat": t(
            "Angka pemakaian adalah pemakaian yang disponsori pada bulan-bulan itu, dari yang diterbitkan daerahnya; "
            "bukan hasil dari rupiah ini saja.",
            "These figures are the use of what is sponsored in those months, as municipalities have published it; they "
            "are not what this money alone brought about.",
        ),
        "nothing": t(
            "Belum ada angka yang diterbitkan untuk bulan-bulan ini.", "No figures are published for these months yet."
        ),
        "record": t("Catatan publik", "Public record"),
        "page": t("Halaman", "Page"),
        "foot": t(
            "Disusun oleh Lumbung dari pembukuannya. Setiap kuitansi dapat diperiksa di {origin}/receipts.",
            "Made by Lumbung from its books. Each receipt can be checked at {origin}/receipts.",
            origin=hub_origin(),
        ),
    }


def _part(part: YearOfOne) -> dict[str, Any]:
    address = None if part.code is None else f"{hub_origin()}/sponsors/{part.code}"
    return {
        "name": breakable(str(part.target.purpose)),
        "how": str(part.words) if part.cadence == Cadence.ONCE else f"{CADENCES[Cadence.MONTHLY]}, {part.words}",
        "payments": [
            [show_date(day_of(one.paid_at)), one.receipt_number, show_rupiah(one.amount)] for one in part.payments
        ],
        "given_back": [[show_date(one.day), show_rupiah(one.amount)] for one in part.given_back],
        "use": told_use(part.use) if part.use else [],
        "months": _months(part.use) if part.use else "",
        "address": address or "",
        "qr": qr_picture(address) if address else "",
    }


def _months(use: Use) -> str:
    first, last = month_name(use.since), month_name(use.until)
    return first if first == last else f"{first} – {last}"


def told_use(use: Use) -> list[list[str]]:
    """Use as pairs of a name and a figure; without what is none."""
    pairs = [
        [t("Laporan dan permohonan diterima", "Reports and applications received"), show_number(use.received)],
        [t("Ditangani", "Handled"), show_number(use.handled)],
    ]
    if use.in_time_share is not None:
        share = t("{n} dari 100", "{n} in 100", n=use.in_time_share)
        pairs.append([t("Tepat waktu", "In time"), share])
    pairs.append([t("Daerah yang memakai", "Municipalities that use it"), show_number(use.municipalities)])
    pairs.append([t("Aplikasi yang dipakai", "Apps in use"), show_number(use.apps)])
    return pairs
