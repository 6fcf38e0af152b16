"""How far the demonstration has been loaded, asked without importing the application."""

from __future__ import annotations

import psycopg

from lumbung.i18n import Text

MARK = "demonstration.loaded"
STEPS = ("tangsel", "surabaya", "tangerang", "judgements")
"""In their order; the first three are the slugs of the cities."""
REFUSED = Text(
    "Basis data ini berisi daerah sungguhan, jadi data peragaan tidak dimuat.",
    "This database holds a real municipality, so the demonstration is not loaded.",
)

_DONE = "SELECT subject_id FROM platform_audit_entries WHERE action = %s AND subject_id = ANY (%s)"


def is_loaded(database_url: str) -> bool:
    """Whether every step has been done in the database at this SQLAlchemy URL. Raises psycopg.Error."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
        rows = connection.execute(_DONE, (MARK, list(STEPS))).fetchall()
    return len({row[0] for row in rows}) == len(STEPS)
