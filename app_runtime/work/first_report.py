"""The checklist's last step: the first report has arrived."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app_runtime.records.models import Record
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.checklist import ChecklistItem
from tenants.municipalities.models import Municipality


def first_report(session: AnySession, municipality: Municipality) -> Sequence[ChecklistItem]:
    """Whether the municipality has any record."""
    found = session.scalar(select(Record.id).where(Record.tenant_id == municipality.id).limit(1))
    return [
        ChecklistItem(
            id="first-report",
            title=Text("Laporan pertama", "The first report"),
            what=Text(
                "Buat satu laporan uji di portal, lalu lihat siapa yang menerimanya di kotak kerja.",
                "Make one test report on the portal, and see in the inbox who receives it.",
            ),
            href="/",
            done=found is not None,
            order=90,
        )
    ]
