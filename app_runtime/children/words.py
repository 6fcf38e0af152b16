"""What the history of a record says of its children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.model import RecordType
from app_runtime.records.actors import Actor
from app_runtime.records.models import RecordHistory
from app_runtime.records.permissions import read_access
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, t


def reads_all_children(app: RunningApp, kind: RecordType, row: RecordHistory, reader: Actor) -> bool:
    """Whether somebody reads every child that a row speaks of: who reads some learns nothing of the others."""
    record_type = _type_of_child(app, kind, row)
    if reader.is_system or record_type is None:
        return reader.is_system
    rules = [read_access(record_type, role) for role in reader.roles]
    return any(rule is not None and "all" in rule.rows for rule in rules)


def _type_of_child(app: RunningApp, kind: RecordType, row: RecordHistory) -> RecordType | None:
    child = row.name.partition(".")[0]
    spec = kind.children.get(child)
    return app.definition.records.get(spec.record if spec is not None else child)


def child_title(app: RunningApp, kind: RecordType, row: RecordHistory, reader: Actor) -> str:
    """What a record was told of its children, or opened."""
    child, _, what = row.name.partition(".")
    record_type = _type_of_child(app, kind, row)
    name = pick(record_type.name) if record_type is not None else child
    if what == "opened":
        if not reads_all_children(app, kind, row, reader):
            return t("{name} dibuka", "{name} opened", name=name)
        return t("{name} dibuka: {n}", "{name} opened: {n}", name=name, n=int(row.changes.get("count", 0)))
    if what == "closed":
        return t("{name} selesai", "{name} done", name=name)
    return t("{name} dibuka kembali", "{name} opened again", name=name)


def child_details(app: RunningApp, changes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of whom the history speaks: the agency and the numbers, for officials."""
    agency = app.agencies.by_key.get(str(changes.get("agency")))
    numbers = [changes.get("number"), *changes.get("opened", [])]
    return [
        (t("Dinas", "Agency"), agency.name if agency is not None else ""),
        (t("Nomor", "Number"), ", ".join(str(number) for number in numbers if number)),
    ]
