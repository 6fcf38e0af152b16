"""Figures of open months counted once more, by plain SQL over history, clocks and ratings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from lumbung.db.tenancy import AnySession

Key = tuple[date, str, str]
Figures = dict[Key, dict[str, Any]]
NAMES = (
    "created", "closed", "closed_success", "reopened", "answered", "answered_in_time", "answer_seconds",
    "answer_median", "close_seconds", "close_median", "due", "in_time", "rated", "rating_sum", "people", "agencies",
)  # fmt: skip
ENDS = "('fixed', 'rejected')"

# `before` is the oldest open month, `counted` the ids of all rows that were there when the months before it were
# frozen: what is of an earlier month and was written later counts in the oldest open one, unless it was imported.
_PLACED = """
WITH happened AS (
  SELECT h.*, r.agency_id, r.record_type, r.created_at AS made_at, rel.version,
         date_trunc('month', h.created_at AT TIME ZONE 'Asia/Jakarta')::date AS of_month
  FROM record_history h
  JOIN records r ON r.tenant_id = h.tenant_id AND r.id = h.record_id
  JOIN definitions d ON d.tenant_id = h.tenant_id AND d.digest = h.definition_digest
  JOIN releases rel ON rel.id = d.release_id
  WHERE h.tenant_id = :tenant
), placed AS (
  SELECT *, CASE WHEN of_month >= :before THEN of_month
                 WHEN id = ANY(:counted) OR kind = 'imported' THEN NULL
                 ELSE CAST(:before AS date) END AS month
  FROM happened
)
"""
_ACTS = f"""
{_PLACED}, events AS (
  SELECT *, kind IN ('action', 'imported') AND from_state NOT IN {ENDS} AND to_state IN {ENDS} AS closing,
         kind IN ('action', 'imported') AND from_state IN {ENDS} AND to_state NOT IN {ENDS} AS reopening
  FROM placed
  WHERE month IS NOT NULL AND (kind IN ('created', 'imported', 'action') OR actor_kind = 'member'
                               OR (kind = 'clock' AND name LIKE '%.breached'))
)
SELECT month, coalesce(version, '') AS version, coalesce(record_type, '') AS record_type,
       count(*) FILTER (WHERE kind IN ('created', 'imported') AND from_state IS NULL) AS created,
       count(*) FILTER (WHERE closing) AS closed,
       count(*) FILTER (WHERE closing AND to_state = 'fixed') AS closed_success,
       count(*) FILTER (WHERE reopening) AS reopened,
       sum(extract(epoch FROM created_at - made_at)) FILTER (WHERE closing) AS close_seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM created_at - made_at))
         FILTER (WHERE closing) AS close_median,
       count(*) FILTER (WHERE kind = 'clock') AS missed,
       count(DISTINCT actor_id) FILTER (WHERE actor_kind = 'member' AND kind <> 'imported') AS people,
       count(DISTINCT agency_id) AS agencies
FROM events GROUP BY GROUPING SETS ((month), (month, version, record_type))
"""
_MET = f"""
{_PLACED}, met AS (
  SELECT DISTINCT ON (c.id) p.month, p.version, p.record_type, c.clock, c.round, c.breached_at,
         p.created_at - p.made_at AS took
  FROM placed p JOIN record_clocks c ON c.record_id = p.record_id AND c.met_at = p.created_at
  WHERE p.kind = 'action' AND c.tenant_id = :tenant AND month IS NOT NULL
  ORDER BY c.id, p.sequence
)
SELECT month, coalesce(version, '') AS version, coalesce(record_type, '') AS record_type,
       count(*) FILTER (WHERE breached_at IS NULL) AS in_time,
       count(*) FILTER (WHERE first) AS answered,
       count(*) FILTER (WHERE first AND breached_at IS NULL) AS answered_in_time,
       sum(extract(epoch FROM took)) FILTER (WHERE first) AS answer_seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)) FILTER (WHERE first) AS answer_median
FROM (SELECT *, clock = 'respond' AND round = 1 AS first FROM met) AS known
GROUP BY GROUPING SETS ((month), (month, version, record_type))
"""
_RATED = """
WITH given AS (
  SELECT a.*, r.record_type, rel.version,
         date_trunc('month', a.answered_at AT TIME ZONE 'Asia/Jakarta')::date AS of_month
  FROM satisfaction_answers a
  JOIN records r ON r.tenant_id = a.tenant_id AND r.id = a.record_id
  JOIN definitions d ON d.tenant_id = a.tenant_id AND d.digest = a.definition_digest
  JOIN releases rel ON rel.id = d.release_id
  WHERE a.tenant_id = :tenant
), placed AS (
  SELECT *, CASE WHEN of_month >= :before THEN of_month
                 WHEN id = ANY(:counted) THEN NULL ELSE CAST(:before AS date) END AS month
  FROM given
)
SELECT month, coalesce(version, '') AS version, coalesce(record_type, '') AS record_type, count(*) AS rated,
       sum(100 + round(400.0 * (score - 1) / (scale - 1))) AS rating_sum
FROM placed WHERE month IS NOT NULL GROUP BY GROUPING SETS ((month), (month, version, record_type))
"""
_IDS = "SELECT id FROM record_history UNION ALL SELECT id FROM satisfaction_answers"


def ids_written(session: AnySession) -> set[UUID]:
    """The ids of all rows that figures may be counted from."""
    return set(session.scalars(text(_IDS)))


def recount(session: AnySession, tenant_id: UUID, *, before: date, counted: Collection[UUID]) -> Figures:
    """The open months from `before` on, by month, version and type of record, and by month alone."""
    found: Figures = {}
    for statement in (_ACTS, _MET, _RATED):
        for key, values in _rows(session, statement, tenant_id, before, counted):
            found.setdefault(key, dict.fromkeys(NAMES, 0) | {"answer_median": None, "close_median": None})
            found[key] |= values
    for values in found.values():
        values["due"] = values.pop("missed", 0) + values["in_time"]
    return found


def _rows(
    session: AnySession, statement: str, tenant_id: UUID, before: date, counted: Collection[UUID]
) -> Iterator[tuple[Key, dict[str, Any]]]:
    asked = {"tenant": tenant_id, "before": before, "counted": list(counted)}
    for row in session.execute(text(statement), asked).mappings():
        values = {
            name: None if value is None and name.endswith("_median") else round(float(value or 0))
            for name, value in row.items()
            if name not in ("month", "version", "record_type")
        }
        yield (row["month"], row["version"], row["record_type"]), values
