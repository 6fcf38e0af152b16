"""Figures in words."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from lumbung.i18n import current_language


def show_month(month: date) -> str:
    """A month in the reader's language, such as "November 2026"."""
    return format_date(month, format="MMMM yyyy", locale=current_language())


def show_share(part: int, whole: int) -> str:
    """A share in whole percent, or a dash when there is nothing to share."""
    return f"{round(100 * part / whole)} %" if whole else "–"
