"""What citizens of the demonstration say once their reports are closed: some of them, in few words."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, insert, select, update

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_runtime.records.models import Record, RecordHistory
from app_runtime.satisfaction.models import SatisfactionAnswer
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id

_ANSWERING: Final = 0.42
_WITH_WORDS: Final = 0.4
_SCORES: Final = ((1, 4), (2, 8), (3, 18), (4, 38), (5, 32))
_WHEN_LATE: Final = ((1, 18), (2, 30), (3, 30), (4, 16), (5, 6))
_WORDS: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("Sudah dua kali melapor, baru sekarang dikerjakan.", "Baru sehari sudah rusak lagi."),
    2: ("Terlalu lama.", "Dikerjakan, tetapi bekasnya ditinggal begitu saja."),
    3: ("Lumayan, semoga tidak rusak lagi.", "Hasilnya baik, kabarnya kurang."),
    4: ("Terima kasih, jalan sudah terang.", "Cepat, hanya perlu dirapikan sedikit."),
    5: ("Sehari langsung beres. Terima kasih!", "Petugasnya ramah dan kerjanya rapi.", "Mantap, anak-anak aman lagi."),
}


def rate_closed(session: AnySession, installation: Installation, *, until: datetime, seed: str) -> int:
    """Let some of those whose reports are closed say how satisfied they are, always the same; how many did."""
    chance = random.Random(seed)  # noqa: S311 - a demonstration that is always the same.
    answers, notes, rated = [], [], []
    for row in list(_closings(session, installation)):
        kind = definition_by_digest(session, row.definition_digest).records[row.record_type]
        asked = kind.satisfaction
        at = row.created_at + timedelta(hours=chance.uniform(0.5, 60))
        if asked is None or row.to_state not in asked.ask_on or chance.random() > _ANSWERING or at > until:
            continue
        weights = _WHEN_LATE if row.overdue else _SCORES
        (score,) = chance.choices([one for one, _ in weights], [weight for _, weight in weights])
        words = chance.choice(_WORDS[score]) if asked.reasons and chance.random() < _WITH_WORDS else None
        shared = {"tenant_id": installation.tenant_id, "record_id": row.record_id}
        about = {"score": {"from": None, "to": score}, "scale": asked.scale}
        answers.append({
            **shared, "id": new_id(), "closing": row.sequence, "definition_digest": row.definition_digest,
            "score": score, "scale": asked.scale, "words": words, "answered_at": at, "changed_at": at,
            "created_at": now(),
        })  # fmt: skip
        notes.append(_note(row, shared, about, at))
        rated.append(row.record_id)
    if answers:
        session.execute(insert(SatisfactionAnswer), answers)
        session.execute(insert(RecordHistory), notes)
        session.execute(
            update(Record)
            .where(Record.tenant_id == installation.tenant_id, Record.id.in_(rated))
            .values(version=Record.version + 1)
            .execution_options(synchronize_session=False)
        )
        session.expire_all()
    return len(answers)


def _note(row: Any, shared: Mapping[str, Any], about: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        **shared, "id": new_id(), "sequence": row.version + 1, "kind": "rated", "name": "", "from_state": None,
        "to_state": row.to_state, "actor_kind": "resident", "actor_id": None, "actor_name": "", "changes": dict(about),
        "public": False, "definition_digest": row.present_digest, "created_at": at,
    }  # fmt: skip


def _closings(session: AnySession, installation: Installation) -> Iterable[Any]:
    """The last step of each record that is closed, if that step closed it."""
    return session.execute(
        select(
            RecordHistory.record_id,
            RecordHistory.sequence,
            RecordHistory.to_state,
            RecordHistory.created_at,
            RecordHistory.definition_digest,
            Record.definition_digest.label("present_digest"),
            Record.record_type,
            Record.version,
            Record.overdue,
        )
        .join(Record, and_(Record.tenant_id == RecordHistory.tenant_id, Record.id == RecordHistory.record_id))
        .where(
            RecordHistory.tenant_id == installation.tenant_id,
            Record.tenant_id == installation.tenant_id,
            Record.installation_id == installation.id,
            Record.open.is_(False),
            RecordHistory.kind == "action",
            RecordHistory.to_state == Record.state,
            RecordHistory.created_at == Record.closed_at,
        )
        .order_by(Record.created_at, Record.number)
    )
