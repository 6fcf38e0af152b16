"""Administrators are told at 80, 95 and 100 percent, once each; and see it on every page under `/manage`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.messages.telling import tell_each
from lumbung.web.sites import portal_origin
from tenants.municipalities.models import Municipality
from tenants.people.telling import people_with_roles
from tenants.plans.catalogue import MEASURES, Resource
from tenants.plans.counting import month_of
from tenants.plans.models import PlanUsage

THRESHOLDS = (100, 95, 80)
FULL = 100
_SLACK = 5
"""So many points below a threshold somebody must be before reaching it is news again."""
_NEAR_SUBJECT = Text("{name} {place} sudah terpakai {percent} %", "{name} of {place}: {percent} % used")
_NEAR_TEXT = Text(
    "{name} {place} sudah terpakai {percent} % dari batasnya. Belum ada yang berhenti.\n\n"
    "Bila penuh, yang berhenti: {stops} Laporan warga dengan fotonya, jawaban petugas, pesan, ekspor, dan arsip tidak "
    "pernah berhenti.\n\nRincian dan yang dapat dilakukan: {address}",
    "{name} of {place}: {percent} % of the limit is used. Nothing has stopped.\n\n"
    "What stops when it is full: {stops} Citizens’ reports with their photos, officials’ answers, messages, exports "
    "and archives never stop.\n\nDetails and what can be done: {address}",
)
_FULL_SUBJECT = Text("{name} {place} sudah penuh", "{name} of {place}: the limit is reached")
_FULL_TEXT = Text(
    "{name} {place} sudah mencapai batasnya ({percent} %).\n\n"
    "Yang berhenti sekarang: {stops} Laporan warga dengan fotonya, jawaban petugas, pesan, ekspor, dan arsip tetap "
    "berjalan, dan tidak ada yang dihapus.\n\nBatas lebih besar dapat diminta kepada pengelola Lumbung tanpa biaya "
    "bila ada alasannya: {address}",
    "{name} of {place}: the limit is reached ({percent} %).\n\n"
    "What has stopped now: {stops} Citizens’ reports with their photos, officials’ answers, messages, exports and "
    "archives go on, and nothing is deleted.\n\nWith a reason, the operator of Lumbung gives more without a fee: "
    "{address}",
)


def settle_level(session: AnySession, row: PlanUsage, *, used: int, limit: int) -> None:
    """Note how far a limit is used up, and write to the administrators when a threshold was reached just now."""
    reached = _level(used, limit)
    if reached > row.level:
        row.level = reached
        _tell(session, row, reached, used, limit)
    elif _level(used + limit * _SLACK // 100, limit) < row.level:
        row.level = reached


def list_warnings(session: AnySession, tenant_id: UUID) -> Sequence[PlanUsage]:
    """What is getting full in a municipality, the fullest first; one statement."""
    full = select(PlanUsage).where(
        PlanUsage.tenant_id == tenant_id,
        PlanUsage.level > 0,
        PlanUsage.month.in_(("", month_of(now()))),
    )
    return session.scalars(full.order_by(PlanUsage.level.desc(), PlanUsage.resource)).all()


def _level(used: int, limit: int) -> int:
    return next((threshold for threshold in THRESHOLDS if used * 100 >= limit * threshold), 0)


def _tell(session: AnySession, row: PlanUsage, level: int, used: int, limit: int) -> None:
    municipality = session.get_one(Municipality, row.tenant_id)
    measure = MEASURES[Resource(row.resource)]
    said = {
        "name": measure.name,
        "place": municipality.name,
        "percent": used * 100 // limit,
        "stops": measure.stops,
        "address": f"{portal_origin(municipality.slug, municipality.domain)}/manage/usage",
    }
    subject, text = (_FULL_SUBJECT, _FULL_TEXT) if level == FULL else (_NEAR_SUBJECT, _NEAR_TEXT)
    tell_each(
        session,
        people_with_roles(session, "tenant_admin"),
        subject=subject.format(**said),
        text=text.format(**said),
        about=("plan_usage", row.id),
    )
