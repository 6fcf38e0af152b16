"""What a comparison with Stripe found, in plain words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lumbung.i18n import Text, show_rupiah
from lumbung.money.gateway import HUNDREDTHS


def finding_words(finding: Mapping[str, Any]) -> tuple[str, str]:
    """What was found by a comparison, and what to do about it."""
    about, amount = str(finding.get("about", "")), _hundredths(int(finding.get("amount", 0)))
    said, todo = _FINDINGS.get(str(finding.get("kind")), _UNKNOWN)
    return str(said.format(about=about, amount=amount)), str(todo)


def _hundredths(amount: int) -> str:
    """An amount in hundredths of a rupiah, with the parts of a rupiah where there are some."""
    whole, parts = divmod(abs(amount), HUNDREDTHS)
    sign = "−" if amount < 0 else ""
    return f"{sign}{show_rupiah(whole)}{f',{parts:02d}' if parts else ''}"


_NOTHING_TO_DO = Text("Tidak perlu berbuat apa-apa.", "There is nothing to do.")
_UNKNOWN = (Text("{about} ({amount})", "{about} ({amount})"), Text("", ""))
_FINDINGS: Mapping[str, tuple[Text, Text]] = {
    "booked_late": (
        Text(
            "Gerakan {about} sebesar {amount} belum ada di buku, dan sudah dibukukan oleh pembandingan ini.",
            "The movement {about} of {amount} was missing in the books, and this comparison booked it.",
        ),
        Text(
            "Tidak perlu berbuat apa-apa. Bila sering terjadi, periksa apakah alamat webhook di Stripe benar.",
            "There is nothing to do. When it happens often, check the address of the webhook at Stripe.",
        ),
    ),
    "missing": (
        Text(
            "Gerakan {about} sebesar {amount} ada di Stripe, tetapi tidak dapat dibukukan di sini.",
            "The movement {about} of {amount} is at Stripe and could not be booked here.",
        ),
        Text(
            "Cari nomor itu di dasbor Stripe, lihat apa isinya, lalu bandingkan lagi. Bila tetap ada, sampaikan kepada "
            "pengembang Lumbung beserta nomornya.",
            "Look for that id in Stripe’s dashboard, see what it is, and compare again. If it stays, tell the "
            "makers of "
            "Lumbung, with the id.",
        ),
    ),
    "differs": (
        Text(
            "Gerakan {about} dibukukan dengan jumlah lain; selisihnya {amount}.",
            "The movement {about} is booked with another amount; the difference is {amount}.",
        ),
        Text(
            "Gerakan di Stripe tidak pernah berubah, jadi ini kesalahan. Bandingkan baris di jurnal dengan dasbor "
            "Stripe dan sampaikan kepada pengembang Lumbung.",
            "Movements at Stripe never change, so this is a fault. Compare the row of the journal with Stripe’s "
            "dashboard, and tell the makers of Lumbung.",
        ),
    ),
    "unknown": (
        Text(
            "Baris {about} sebesar {amount} ada di buku, tetapi tidak ada di Stripe.",
            "The row {about} of {amount} is in the books and not at Stripe.",
        ),
        Text(
            "Biasanya kuncinya milik akun atau mode Stripe yang lain (uji dan sungguhan). Periksa STRIPE_SECRET_KEY.",
            "Usually the key belongs to another account or mode of Stripe (test and live). Check STRIPE_SECRET_KEY.",
        ),
    ),
    "rounding": (
        Text(
            "Pembulatan ke rupiah penuh sejak awal berjumlah {amount}.",
            "Rounding to whole rupiah comes to {amount} since the beginning.",
        ),
        _NOTHING_TO_DO,
    ),
    "currency": (
        Text(
            "Gerakan {about} ({amount} dalam mata uang lain) tidak dapat dibukukan dalam rupiah.",
            "The movement {about} ({amount} in another currency) cannot be booked in rupiah.",
        ),
        Text(
            "Atur akun Stripe supaya dicairkan dalam rupiah, "
            "dan catat yang ini sebagai biaya atau transfer dengan tangan.",
            "Let the account at Stripe settle in rupiah, and note this one by hand.",
        ),
    ),
    "unhandled": (
        Text(
            "{about} kejadian dari Stripe belum selesai ditangani lebih dari sehari.",
            "{about} events of Stripe were not handled for more than a day.",
        ),
        Text(
            "Lihat apakah pekerja berjalan (Kesehatan platform), dan log pekerja.",
            "See whether a worker runs (Platform health), and its log.",
        ),
    ),
    "unattributed": (
        Text(
            "Uang sebesar {amount} belum jelas dari siapa.",
            "It is not known yet from whom {amount} came.",
        ),
        Text(
            "Buka barisnya di halaman Keuangan, lalu pilih kesepakatannya.",
            "Open its row on the page Money, and choose its agreement.",
        ),
    ),
    "balance": (
        Text(
            "Saldo di Stripe dan saldo menurut buku berbeda {amount}.",
            "The balance at Stripe and that of the books differ by {amount}.",
        ),
        Text(
            "Temuan lain di daftar ini biasanya menjelaskannya. Bila tidak ada, bandingkan lagi beberapa menit lagi: "
            "mungkin ada pembayaran yang baru saja masuk.",
            "Other findings in this list usually explain it. Where there are none, compare again in some minutes: a "
            "payment may just have come.",
        ),
    ),
}
