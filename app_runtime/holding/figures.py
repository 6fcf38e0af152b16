"""Figures over many records as expressions see them: reckoned when one is named, and not before."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app_catalog.definitions.model.holding import Aggregate, AggregateKind, Lookup
from app_runtime.holding.keys import group_of
from app_runtime.holding.models import RecordKey
from app_runtime.holding.rules import in_order
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import expression_values

_AMOUNT: Any = RecordKey.amount
_FIGURES: Mapping[AggregateKind, ColumnElement[Any]] = {
    "sum": func.coalesce(func.sum(_AMOUNT), 0),
    "count": func.count(),
    "min": func.min(_AMOUNT),
    "max": func.max(_AMOUNT),
    "average": func.avg(_AMOUNT),
}


class _OfRecord(Mapping[str, Any]):
    """Something by id that is reckoned for one record when it is asked for."""

    def __init__(self, app: RunningApp, record: Record) -> None:
        self.app, self.record = app, record

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    @abstractmethod
    def _known(self) -> Mapping[str, Any]:
        """What the record's type names, by id."""

    def _rows(self, word: str, name: str, group: str) -> tuple[ColumnElement[bool], ...]:
        return (
            RecordKey.tenant_id == self.record.tenant_id,
            RecordKey.installation_id == self.record.installation_id,
            RecordKey.rule == f"{word}.{self.record.record_type}.{name}",
            RecordKey.key == group,
        )


class Aggregates(_OfRecord):
    """The figures that the record's type names, as of what is stored; None where there is nothing to compare."""

    def _known(self) -> Mapping[str, Aggregate]:
        holding = self.app.record_type(self.record.record_type).holding
        return holding.aggregates if holding else {}

    def __getitem__(self, name: str) -> Any:
        spec = self._known()[name]
        group = group_of(self.app, self.record, in_order(spec.same))
        if group is None:
            return 0 if spec.kind in ("sum", "count") else None
        value = self.app.session.scalar(
            select(_FIGURES[spec.kind]).select_from(RecordKey).where(*self._rows("aggregates", name, group))
        )
        if value is None or spec.kind == "average":
            return None if value is None else float(value)
        return int(value) if value == int(value) else float(value)


class Lookups(_OfRecord):
    """The values of the newest record that each lookup finds."""

    def _known(self) -> Mapping[str, Lookup]:
        holding = self.app.record_type(self.record.record_type).holding
        return holding.lookups if holding else {}

    def __getitem__(self, name: str) -> Any:
        spec = self._known()[name]
        group = group_of(self.app, self.record, in_order(spec.same))
        if group is None:
            return None
        found = self.app.session.scalar(
            select(Record)
            .join(RecordKey, (RecordKey.tenant_id == Record.tenant_id) & (RecordKey.record_id == Record.id))
            .where(Record.tenant_id == self.record.tenant_id, *self._rows("lookups", name, group))
            .order_by(RecordKey.made_at.desc(), RecordKey.record_id.desc())
            .limit(1)
            # Whoever holds the lock of the group must not see a record as it was before.
            .execution_options(populate_existing=True)
        )
        if found is None:
            return None
        kind = self.app.definition.records.get(found.record_type)
        return expression_values(found, kind, self.app.agencies) if kind else None
