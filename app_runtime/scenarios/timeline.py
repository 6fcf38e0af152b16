"""What happened in a scenario, in order, for the author of a package whose scenario fails."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app_runtime.records.models import Record, RecordHistory
from app_runtime.scenarios.stage import Stage
from lumbung.i18n import Text

MAX_LINES = 60


def timeline_of(stage: Stage) -> Text:
    """The steps with what followed from each by itself: clocks, messages, automations, rules that failed."""
    names = {record_id: name for name, record_id in stage.named.items()}
    query = (
        select(RecordHistory, Record.number)
        .join(Record, (Record.tenant_id == RecordHistory.tenant_id) & (Record.id == RecordHistory.record_id))
        .where(RecordHistory.tenant_id == stage.scratch.municipality.id)
    )
    entries = list(stage.told)
    for row, number in stage.session.execute(query):
        describe = _FOLLOWED.get(row.kind)
        if describe is None or (row.kind == "action" and row.actor_kind != "system"):
            continue
        what, who = describe(row), names.get(row.record_id) or number or "?"
        entries.append((row.created_at, row.id, Text(f"  → {who}: {what.id}", f"  → {who}: {what.en}")))
    entries.sort(key=lambda entry: entry[:2])
    left_out = len(entries) - MAX_LINES
    lines = [(stage.shown_moment(moment), text) for moment, _, text in entries[:MAX_LINES]]
    more = Text(f"\n… dan {left_out} lagi", f"\n… and {left_out} more") if left_out > 0 else Text("", "")
    return Text(
        "Jalannya skenario:\n" + "\n".join(f"{moment} {text.id}" for moment, text in lines) + more.id,
        "What happened:\n" + "\n".join(f"{moment} {text.en}" for moment, text in lines) + more.en,
    )


def _message(row: RecordHistory) -> Text:
    count = len(row.changes["reached"])
    to = row.changes["to"]
    if not count:
        return Text(f"pesan {row.name} kepada {to}: tidak ada penerima", f"message {row.name} to {to}: nobody to reach")
    return Text(f"pesan {row.name} kepada {to}", f"message {row.name} to {to}")


_FOLLOWED: dict[str, Callable[[RecordHistory], Text]] = {
    "message": _message,
    "clock": lambda row: Text(f"tenggat {row.name}", f"clock {row.name}"),
    "escalation": lambda row: Text(
        f"eskalasi {row.name} kepada {row.changes['to']}", f"escalation {row.name} to {row.changes['to']}"
    ),
    "action": lambda row: Text(
        f"otomatis: {row.name}, keadaan {row.to_state}", f"by itself: {row.name}, state {row.to_state}"
    ),
    "automation": lambda row: Text(f"otomatis: {row.name}", f"by itself: {row.name}"),
    "rule_error": lambda row: Text("aturan {name} gagal: {error}", "rule {name} failed: {error}").format(
        name=row.name, error=Text.of(row.changes.get("words") or row.changes.get("error"))
    ),
}
