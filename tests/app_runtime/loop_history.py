"""What a history comes to, replayed row by row."""

from __future__ import annotations

from typing import Any

from app_runtime.records.models import RecordHistory


def replay(
    rows: list[RecordHistory], private: dict[Any, dict[str, Any]], made: dict[str, Any]
) -> tuple[str, str, dict[str, Any]]:
    """State, definition and values that history comes to, from what the record was made with."""
    values, state, digest = dict(made), "received", rows[0].definition_digest
    for row in rows:
        assert row.from_state is None or row.from_state == state
        secret = private.get(row.id, {})
        if row.kind in ("moved", "move_undone"):
            left = {**row.changes["left"], **secret.get("left", {})}
            assert all(values.get(name) == value for name, value in left.items())
            renamed = row.changes["renamed"]
            values = {renamed.get(name, name): value for name, value in values.items() if name not in left}
            given = {**row.changes["given"], **secret.get("given", {})}
        else:
            assert row.definition_digest == digest
            changed = {**row.changes.get("fields", {}), **secret.get("fields", {})}
            given = {name: change["to"] for name, change in changed.items()}
        values = {name: value for name, value in {**values, **given}.items() if value not in (None, "", [], {})}
        state, digest = row.to_state or state, row.definition_digest
    return state, digest, values
