"""Kinds of values that are decimals, days and times of the day, and whether their bounds go together."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.shape.reading import Path, Reading

MOST_DECIMAL = 1e12
"""No decimal is larger: up to here a number keeps three places after the sign in every program that reads JSON."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


def is_time(text: str) -> bool:
    """Whether ``text`` is a time of the day from ``00:00`` to ``23:59``."""
    return _TIME.match(text) is not None


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number, whole or not; a whole one is canonically an integer."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        value = node.value if isinstance(node, ScalarNode) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return reading.expected(("bilangan, misalnya 2.5", "a number, such as 2.5"), node, path)
        if not -MOST_DECIMAL <= value <= MOST_DECIMAL:
            return reading.expected(("bilangan sampai satu triliun", "a number up to a million million"), node, path)
        return int(value) if float(value).is_integer() else value


@dataclass(frozen=True, slots=True)
class Day:
    """A date, such as ``2026-01-31``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        try:
            return date.fromisoformat(text).isoformat() if len(text) == 10 else _no_day(node, path, reading)
        except ValueError:
            return _no_day(node, path, reading)


def _no_day(node: Node, path: Path, reading: Reading) -> Any:
    return reading.expected(("tanggal, misalnya 2026-01-31", "a date, such as 2026-01-31"), node, path)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of the day, such as ``07:30``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        if not is_time(text):
            return reading.expected(('jam, misalnya "07:30"', 'a time, such as "07:30"'), node, path)
        return time.fromisoformat(text).strftime("%H:%M")


def bounds_fit(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    """Note bounds that leave nothing between them, and a default outside of them; for values that compare as they are
    written: numbers, dates, times."""
    lowest, highest, default = found.get("min"), found.get("max"), found.get("default")
    if lowest is not None and highest is not None and lowest > highest:
        reading.add("min-above-max", node.entries["min"], (*path, "min"), min=lowest, max=highest)
    elif default is not None and (
        (lowest is not None and default < lowest) or (highest is not None and default > highest)
    ):
        least, most = "…" if lowest is None else lowest, "…" if highest is None else highest
        reading.add("out-of-range", node.entries["default"], (*path, "default"), found=default, min=least, max=most)
