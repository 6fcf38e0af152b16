"""The maintainer asks everybody how the app fares; some have answered, one of them not for the public."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app_catalog.campaigns.days import ZONE
from app_catalog.campaigns.models import Campaign
from app_catalog.campaigns.services import Days, Scope, list_unanswered, open_campaign
from app_catalog.evaluations.rubric import Rubric, rubric_from
from app_catalog.evaluations.seeded import seeded_rubric
from app_catalog.evaluations.services import save_draft, start_for_campaign
from app_catalog.evaluations.submitting import submit_evaluation
from app_catalog.installations.services import access_installation
from app_catalog.publishers.models import Publisher
from app_runtime.demonstration.judging import maintainer_visitor
from app_runtime.demonstration.publishing import find_release
from app_runtime.demonstration.script import APP, City
from app_runtime.demonstration.weighing import find_judge
from lumbung.db import as_tenant, now, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality

_OPENED: Final = timedelta(days=9)
_OPEN_FOR: Final = timedelta(days=30)
_JUDGED: Final = timedelta(days=181)
_TITLE: Final = Text("Evaluasi SIARAN, setengah tahun terakhir", "Evaluation of SIARAN, the past half-year")
_REASONS: Final = {
    "ease": "Warga melapor sendiri dari ponsel; petugas baru belajar dalam satu pagi.",
    "reliability": "Selalu terbuka saat dibutuhkan, juga ketika hujan deras dan laporan menumpuk.",
    "fit": "Kategori, batas waktu, dan namanya mengikuti aturan daerah kami.",
    "support": "Pertanyaan dijawab penerbitnya dalam dua hari kerja.",
    "effect": "Pimpinan melihat tanda merah yang sama dengan warga, dan itu mengubah rapat mingguan.",
    "answers": "Sebagian besar pelapor mendapat jawaban sebelum tenggat.",
    "follow-up": "Foto sesudah perbaikan mulai menjadi kebiasaan, belum di semua dinas.",
}
_ANSWERS: Final[tuple[tuple[str, tuple[int, ...], bool, str], ...]] = (
    ("semarang", (5, 5, 4, 4, 5, 5, 4), True, "Ringkasan mingguan untuk pimpinan."),
    ("denpasar", (5, 4, 5, 5, 5, 4, 4), True, "Peta dengan batas banjar."),
    ("padang", (4, 4, 4, 4, 4, 3, 3), True, "Saringan tahun pada pencarian laporan."),
    ("balikpapan", (3, 4, 2, 3, 2, 2, 2), False, "Pembagian tugas antaroperator."),
)
"""Who answered, the scores in the order of the rubric, whether everybody may read it, and what should change."""


def run_campaign(session: AnySession, maintainer: City, *, until: datetime, seed: int) -> None:
    """A campaign that has run for nine days before `until`, with the answers so far."""
    app, _ = find_release(session)
    publisher = session.scalars(select(Publisher).where(Publisher.id == app.publisher_id)).one()
    visitor = maintainer_visitor(session, maintainer, publisher.id)
    opened = until - _OPENED
    today = opened.astimezone(ZONE).date()
    with set_clock(opened):
        campaign = open_campaign(
            session,
            visitor,
            Scope(publisher=publisher, app=app),
            title=_TITLE,
            rubric=seeded_rubric(app.category),
            days=Days(today, today + _OPEN_FOR, today - _JUDGED, today - timedelta(days=1)),
        )
        # Nobody here reads letters of nine days ago.
        campaign.announced_at = now()
        campaign.asked = _count_asked(session, campaign)
        session.flush()
    for number, (slug, scores, public, point) in enumerate(_ANSWERS):
        municipality, judge = find_judge(session, slug, seed)
        written = _written(rubric_from(campaign.rubric), scores, point)
        with as_tenant(session, municipality.id), set_clock(opened + timedelta(days=2 * number, hours=3)):
            installation = access_installation(session, APP)
            draft = start_for_campaign(session, judge, installation, campaign)
            save_draft(session, draft, written)
            submit_evaluation(session, draft, with_facts=public, installation=installation, public=public)


def _count_asked(session: AnySession, campaign: Campaign) -> int:
    asked = 0
    for municipality_id in session.scalars(select(Municipality.id)).all():
        with as_tenant(session, municipality_id):
            asked += len(list_unanswered(session, campaign))
    return asked


def _written(rubric: Rubric, scores: tuple[int, ...], point: str) -> dict[str, str]:
    written = {"summary": "Kami lanjutkan, dengan catatan di atas.", "should_change": point}
    for criterion, score in zip(rubric.criteria, scores, strict=True):
        written[f"{criterion.id}_score"] = str(score)
        written[f"{criterion.id}_reason"] = _REASONS[criterion.id]
    return written
