"""The column about who says "me too": how many have joined a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app_runtime.exporting.columns import Column
from app_runtime.joining.services import count_joined, may_be_joined
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import t


@dataclass
class Joined:
    """How many have joined the rows of one app; each batch of rows is counted before it is written."""

    app: RunningApp
    _counts: dict[UUID, int] = field(default_factory=dict)

    def look_ahead(self, records: Sequence[Record]) -> None:
        """Count those of the next rows, and forget those before."""
        joinable = {name for name in {record.record_type for record in records} if self._may_be_joined(name)}
        ids = [record.id for record in records if record.record_type in joinable]
        self._counts = count_joined(self.app.session, ids)

    def columns(self, record_type: str) -> list[Column]:
        """The column of a type whose records can be joined; none of any other."""
        if not self._may_be_joined(record_type):
            return []
        return [Column("joined", t("Ikut", "Joined"), lambda row: self._counts.get(row.id, 0))]

    def _may_be_joined(self, record_type: str) -> bool:
        return any(may_be_joined(kind) for _, kind in self.app.kinds(record_type))
