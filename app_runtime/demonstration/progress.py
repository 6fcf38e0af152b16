"""How far the demonstration has been loaded, asked without importing the application."""

from __future__ import annotations

import psycopg

from lumbung.i18n import Text
from lumbung.settings import SettingsError

MARK = "demonstration.loaded"
LARGE_MARK = "demonstration.large"
WRITTEN = ("tangsel", "surabaya", "tangerang")
"""Slugs of the cities whose month is written by hand."""
GENERATED = (
    "serang",
    "lebak",
    "bandar-lampung",
    "padang",
    "semarang",
    "pontianak",
    "belitung-timur",
    "denpasar",
    "balikpapan",
    "kepulauan-siau-tagulandang-biaro",
    "kupang",
    "gowa",
    "ternate",
    "jayapura",
)
"""Slugs of the municipalities that are generated; `generated.profiles` says what they are."""
STEPS = (
    *WRITTEN,
    "judgements",
    "inventory",
    "voices",
    "services",
    *GENERATED,
    "verdicts",
    "figures",
    "assistance",
    "wishes",
    "requests",
    "sponsors",
    "programme",
)
"""In their order."""
REFUSED = Text(
    "Basis data ini berisi daerah sungguhan, jadi data peragaan tidak dimuat.",
    "This database holds a real municipality, so the demonstration is not loaded.",
)

_DONE = "SELECT subject_id FROM platform_audit_entries WHERE action = %s AND subject_id = ANY (%s)"


def is_loaded(database_url: str) -> bool:
    """Whether every step has been done in the database at this SQLAlchemy URL.

    Raises SettingsError when the database cannot be reached or has no tables yet.
    """
    try:
        with psycopg.connect(database_url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
            rows = connection.execute(_DONE, (MARK, list(STEPS))).fetchall()
    except psycopg.errors.UndefinedTable as error:
        raise SettingsError(
            "Basis data belum disiapkan; jalankan `lumbung db upgrade` atau `make run` dahulu. / "
            "The database is not prepared; run `lumbung db upgrade` or `make run` first."
        ) from error
    except psycopg.OperationalError as error:
        raise SettingsError(
            "Basis data tidak dapat dihubungi; periksa DATABASE_URL. / "
            "The database cannot be reached; check DATABASE_URL."
        ) from error
    return len({row[0] for row in rows}) == len(STEPS)
