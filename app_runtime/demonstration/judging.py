"""What one city says about the app, what the other answers, and the claim that waits for the operator."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.services import save_draft, start_evaluation
from app_catalog.evaluations.submitting import submit_evaluation
from app_catalog.evaluations.telling import tell_maintainers, tell_municipality
from app_catalog.installations.services import access_installation
from app_catalog.reviews.services import reply_publicly, write_review
from app_runtime.demonstration.founding import Founded, add_account
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import (
    ADMIN,
    APP,
    CLAIMANT_LOGIN,
    CLAIMED_REGION,
    EVALUATOR,
    City,
)
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.web.access import Visitor
from tenants.accounts.services import find_account
from tenants.municipalities.claims import submit_claim
from tenants.municipalities.models import Municipality

SCORES: dict[str, tuple[str, str]] = {
    "ease": ("5", "Warga melapor dalam dua menit dari ponsel; petugas kami memakainya tanpa pelatihan."),
    "reliability": ("4", "Tidak ada laporan yang hilang. Sekali terasa lambat saat hujan deras serentak."),
    "fit": ("4", "Jalur langsung ke dinas dan nama Wargaku bisa kami atur sendiri."),
    "support": ("4", "Pertanyaan kami dijawab pada hari kerja yang sama."),
    "effect": ("5", "Tanggapan pertama kini jauh di bawah 2x24 jam, dan kepala dinas melihat tanda merahnya."),
}
SUMMARY = "Layak dipakai semua kota yang punya lebih dari satu dinas lapangan."
SHOULD_CHANGE = (
    "Tambahkan cara menggabungkan laporan kembar, dan pengingat mingguan untuk laporan yang menunggu pelapor."
)
REVIEW = (
    "Kami pakai dengan nama Wargaku, langsung ke dinas. Yang paling terasa: dinas tidak bisa diam, "
    "karena tanda merahnya terlihat semua orang."
)
REPLY_REVIEW = "Terima kasih, Surabaya. Aturan langsung ke dinas memang lahir dari pengalaman kota seperti Anda."
REPLY_EVALUATION = (
    "Terima kasih atas evaluasinya. Penggabungan laporan kembar masuk rencana rilis 1.0; "
    "pengingat mingguan akan kami bahas bersama daerah lain."
)


def judge_app(session: AnySession, judge: Founded, maintainer: City, *, until: datetime) -> None:
    """One city reviews and evaluates the app with its figures shown; the maintainer replies to both in public."""
    app, _ = find_release(session)
    visitor = judge.visitor(judge.city.with_role(EVALUATOR))
    zone = ZoneInfo(judge.municipality.timezone)
    with as_tenant(session, judge.id):
        installation = access_installation(session, APP)
        with set_clock(until - timedelta(days=4)):
            review = write_review(session, visitor, installation, stars=5, words=REVIEW)
            tell_maintainers(session, app, who=judge.municipality.name, what="review")
        last = (until - timedelta(days=2)).astimezone(zone).date()
        with set_clock(until - timedelta(hours=30)):
            draft = start_evaluation(session, visitor, installation, first=last - timedelta(days=27), last=last)
            save_draft(session, draft, _answers())
            submitted = submit_evaluation(session, draft, with_facts=True, installation=installation)
            tell_maintainers(session, app, who=judge.municipality.name, what="evaluation")
    publisher_side = maintainer_visitor(session, maintainer, app.publisher_id)
    for kind, subject, words, hours in (
        ("review", review.id, REPLY_REVIEW, 70.0),
        ("evaluation", submitted.id, REPLY_EVALUATION, 7.0),
    ):
        with set_clock(until - timedelta(hours=hours)):
            reply_publicly(
                session,
                publisher_side,
                app,
                subject_type=kind,
                subject_id=subject,
                municipality_id=judge.id,
                words=words,
            )
            with as_tenant(session, judge.id):
                tell_municipality(session, app, publisher=maintainer_name(session, maintainer))


def leave_claim_open(session: AnySession, *, until: datetime) -> None:
    """An officer of a fourth region has asked to take part; the operator has not decided yet."""
    claimant = add_account(session, CLAIMANT_LOGIN, "Ratna Puspitasari")
    with set_clock(until - timedelta(hours=22)):
        submit_claim(
            session,
            claimant.id,
            CLAIMED_REGION,
            office="Dinas Komunikasi dan Informatika",
            position="Kepala Seksi Layanan Publik",
            evidence=(
                "Data peragaan: surat tugas contoh nomor 800/000-Peragaan. "
                "Dapat dikonfirmasi ke kantor melalui nomor pada situs resmi daerah."
            ),
            accepted=True,
        )


def maintainer_name(session: AnySession, city: City) -> str:
    """The name of the municipality that publishes."""
    return session.scalars(select(Municipality.name).where(Municipality.slug == city.slug)).one()


def maintainer_visitor(session: AnySession, city: City, publisher_id: UUID) -> Visitor:
    """Who acts for the publisher: the administrator of the city that publishes."""
    person = city.with_role(ADMIN)
    account = find_account(session, city.address(person))
    assert account is not None
    return Visitor(account_id=account.id, name=person.name, publishers=frozenset({publisher_id}))


def _answers() -> dict[str, str]:
    written = {"summary": SUMMARY, "should_change": SHOULD_CHANGE}
    for criterion in CRITERIA:
        written[f"{criterion.id}_score"], written[f"{criterion.id}_reason"] = SCORES[criterion.id]
    return written
