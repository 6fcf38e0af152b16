"""Rows of a list in a form: their controls are named `<list>.<n>.<member>`, and `<list>.<n>._remove` takes one out."""

from __future__ import annotations

from collections.abc import Iterable

REMOVED = "_remove"
MORE = "_more"
"""The button that only asks for another empty row."""
_MOST = 999


def row_numbers(names: Iterable[str], prefix: str, removed: Iterable[str] = ()) -> list[int]:
    """The numbers of the rows that a form has under `prefix`, in their order, without those taken out."""
    gone = set(removed)
    found = set()
    for name in names:
        number, _, member = name.removeprefix(f"{prefix}.").partition(".")
        if name.startswith(f"{prefix}.") and member and number.isascii() and number.isdigit() and len(number) < 4:
            found.add(int(number))
    return sorted(number for number in found if number <= _MOST and f"{prefix}.{number}.{REMOVED}" not in gone)
