"""What is written to municipalities and holders about programmes."""

from __future__ import annotations

from lumbung.db import current_tenant, now, use_tenant
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, show_date, speaking
from lumbung.messages.telling import tell_each
from lumbung.web.sites import hub_origin, portal_origin
from tenants.accounts.models import Account
from tenants.municipalities.models import Municipality
from tenants.people.telling import people_with_roles
from tenants.plans.models import Programme
from tenants.plans.standing import GRACE

_KEPT = Text(
    "Tidak ada data yang dihapus atau berpindah. Penyelenggara program hanya melihat nama daerah dan seberapa penuh "
    "batasnya, tidak pernah data Anda.",
    "No data is deleted or moved. The programme’s holder sees the municipality’s name and how full its limits are, "
    "never your data.",
)


def tell_added(session: AnySession, programme: Programme, municipality: Municipality) -> None:
    """Tell the administrators of the session's municipality that it is in a programme."""
    _tell_admins(
        session,
        programme,
        municipality,
        Text("{place} ikut program {name}", "{place} is in the programme {name}"),
        Text(
            "Penyelenggara program {name} menambahkan {place}. Mulai sekarang batas pemakaian daerah Anda lima kali "
            "lipat, tanpa biaya bagi daerah.\n\n{kept}\n\nDaerah Anda boleh keluar kapan saja: {address}",
            "The holder of the programme {name} has added {place}. From now on your municipality’s limits are five "
            "times as large, at no cost to it.\n\n{kept}\n\nYou may leave at any time: {address}",
        ),
    )


def tell_taken_out(
    session: AnySession, programme: Programme, municipality: Municipality, *, over: bool = False
) -> None:
    """Tell the administrators of the session's municipality that it is out of a programme, or that this is over."""
    why = (
        Text("Program {name} sudah berakhir.", "The programme {name} is over.")
        if over
        else Text("{place} tidak lagi ikut program {name}.", "{place} is no longer in the programme {name}.")
    )
    _tell_admins(
        session,
        programme,
        municipality,
        why,
        Text.paragraphs(
            why,
            Text(
                "Batas pemakaian kembali ke paket daerah mitra yang gratis. Laporan warga tetap diterima walau batas "
                "terlampaui. {kept}\n\nPemakaian: {address}",
                "Your limits are those of the free plan for partner municipalities again. Citizens’ reports are taken "
                "even beyond them. {kept}\n\nUsage: {address}",
            ),
        ),
    )


def tell_left(session: AnySession, programme: Programme, municipality: Municipality) -> None:
    """Tell the holder of a programme that a municipality left it."""
    _tell_holder(
        session,
        programme,
        Text("{place} keluar dari program {name}", "{place} has left the programme {name}"),
        Text(
            "{place} memilih keluar dari program {name}. Tempatnya dapat diisi daerah lain: {address}",
            "{place} chose to leave the programme {name}. Another municipality can take its place: {address}",
        ),
        place=municipality.name,
    )


def tell_late(session: AnySession, programme: Programme) -> None:
    """Tell the holder that a payment failed, and until when nothing changes."""
    _tell_holder(
        session,
        programme,
        Text("Pembayaran program {name} belum berhasil", "The payment for the programme {name} has failed"),
        Text(
            "Pembayaran bulan ini untuk program {name} belum berhasil; Stripe mencoba lagi. Sampai {until} tidak ada "
            "yang berubah. Setelah itu daerah-daerahnya kembali ke batas gratis sampai program dibayar; tidak ada data "
            "yang dihapus. Di sini tagihannya dibayar, atau kartunya diganti:\n\n{address}",
            "This month’s payment for the programme {name} has failed; Stripe tries again. Until {until} nothing "
            "changes. After that its municipalities have the free limits until it is paid; no data is deleted. Here "
            "the invoice is paid, or the card changed:\n\n{address}",
        ),
        until=_in_words(programme),
    )


def tell_card_refused(session: AnySession, programme: Programme) -> None:
    """Tell the holder that a new card did not pay what is owed, and where it can be paid."""
    _tell_holder(
        session,
        programme,
        Text("Kartu baru untuk program {name} belum berhasil", "The new card for the programme {name} has not paid"),
        Text(
            "Bank menolak tagihan program {name} pada kartu baru, atau meminta persetujuan Anda dahulu. Buka "
            "tagihannya dan bayar di halaman Stripe, juga dengan kartu lain:\n\n{address}/invoices",
            "The bank refused to pay the invoice of the programme {name} with the new card, or asks for your "
            "approval first. Open the invoice and pay it on Stripe’s page, also with another card:"
            "\n\n{address}/invoices",
        ),
    )


def tell_over(session: AnySession, programme: Programme) -> None:
    """Tell the holder that a programme is over."""
    _tell_holder(
        session,
        programme,
        Text("Program {name} sudah berakhir", "The programme {name} is over"),
        Text(
            "Program {name} sudah berakhir dan tidak ditagih lagi. Daerah-daerahnya kembali ke batas gratis dan "
            "menyimpan semua datanya. Program dapat dimulai lagi kapan saja: {address}",
            "The programme {name} is over and nothing more is charged. Its municipalities have the free limits again "
            "and keep all their data. It can begin again at any time: {address}",
        ),
    )


def _in_words(programme: Programme) -> Text:
    until = (programme.late_since or now()) + GRACE
    said = []
    for language in ("id", "en"):
        with speaking(language):
            said.append(show_date(until))
    return Text(*said)


def _tell_admins(
    session: AnySession, programme: Programme, municipality: Municipality, subject: Text, text: Text
) -> None:
    said = {
        "name": programme.name,
        "place": municipality.name,
        "kept": _KEPT,
        "address": f"{portal_origin(municipality.slug, municipality.domain)}/manage/usage",
    }
    tell_each(
        session,
        people_with_roles(session, "tenant_admin"),
        subject=subject.format(**said),
        text=text.format(**said),
        about=("programme", programme.id),
    )


def _tell_holder(session: AnySession, programme: Programme, subject: Text, text: Text, **more: object) -> None:
    holder = session.get_one(Account, programme.holder_account_id)
    said = {"name": programme.name, "address": f"{hub_origin()}/me/programmes/{programme.id}", **more}
    # The hub writes to holders, whoever's doing it tells of.
    before = current_tenant(session)
    use_tenant(session, None)
    try:
        tell_each(
            session,
            [holder],
            subject=subject.format(**said),
            text=text.format(**said),
            about=("programme", programme.id),
        )
    finally:
        use_tenant(session, before)
