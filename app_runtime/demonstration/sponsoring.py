"""Who sponsors what in the demonstration: by transfers to the bank, of which Stripe's double knows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app_runtime.demonstration.founding import add_account, add_operator
from lumbung.db import set_clock
from lumbung.db.tenancy import AnySession
from lumbung.money.bank import note_bank_payment
from lumbung.money.models import Cadence
from tenants.sponsorships.forms import SponsorAnswers, SponsorshipAnswers
from tenants.sponsorships.models import SponsorKind
from tenants.sponsorships.services import open_sponsorship
from tenants.sponsorships.targets import get_target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sponsor:
    """A sponsor and what is paid for; `days` before the end at which the payments came."""

    email: str
    person: str
    said: SponsorAnswers
    target: str
    amount: int
    cadence: Cadence
    days: tuple[int, ...]
    anonymous: bool = False
    message: str = ""


_SPONSORS = (
    _Sponsor(
        email="csr@serpongdigital.example.org",
        person="Ratih Kusumaningrum",
        said=SponsorAnswers(
            name="PT Serpong Digital Nusantara",
            kind=SponsorKind.COMPANY,
            website="https://serpongdigital.example.org",
            city="Tangerang Selatan",
            about="Perusahaan perangkat lunak di Serpong; separuh karyawannya warga Tangsel.",
        ),
        target="municipality:tangsel",
        amount=5_000_000,
        cadence=Cadence.MONTHLY,
        days=(96, 65, 34, 4),
        message="Supaya laporan tetangga kami selalu sampai.",
    ),
    _Sponsor(
        email="hibah@literasikota.example.org",
        person="Yohanes Lamury",
        said=SponsorAnswers(
            name="Yayasan Literasi Kota",
            kind=SponsorKind.GRANT_GIVER,
            website="https://literasikota.example.org",
            city="Yogyakarta",
            about="Memberi hibah bagi layanan publik yang terbuka.",
        ),
        target="platform",
        amount=75_000_000,
        cadence=Cadence.ONCE,
        days=(58,),
        message="Satu aplikasi, dipakai banyak daerah.",
    ),
    _Sponsor(
        email="sponsor@example.org",
        person="Hendrawan Salim",
        said=SponsorAnswers(name="Hendrawan Salim", kind=SponsorKind.PERSON, city="Bandung"),
        target="app:siaran",
        amount=1_000_000,
        cadence=Cadence.ONCE,
        days=(21,),
        anonymous=True,
    ),
)


def sponsor_everything(session: AnySession, *, until: datetime) -> None:
    """Let three sponsor and pay in the months before `until`: a company monthly, a foundation and a person once."""
    operator = add_operator(session)
    opened = []
    for one in _SPONSORS:
        with set_clock(until - timedelta(days=one.days[0], hours=2)):
            account = add_account(session, one.email, one.person)
            answers = SponsorshipAnswers(
                sponsor=one.said,
                amount=one.amount,
                cadence=one.cadence,
                anonymous=one.anonymous,
                message=one.message,
            )
            own = open_sponsorship(session, account.id, get_target(session, one.target), answers, by_card=False)
        opened += [(days, own) for days in one.days]
    # In the order in which the bank got them, as receipts are numbered.
    for number, (days, own) in enumerate(sorted(opened, key=lambda one: -one[0]), 1):
        paid_at = until - timedelta(days=days)
        with set_clock(paid_at + timedelta(hours=1)):
            note_bank_payment(
                session,
                own.agreement,
                amount=own.agreement.amount,
                paid_at=paid_at,
                reference=f"TRF {paid_at:%y%m%d} {number:04}",
                by=operator.id,
            )
