"""Liquid's filters under limits: the library bounds loops and output, but not what one filter makes of a value."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from liquid.exceptions import OutputStreamLimitError

MAX_TEXT = 64 * 1024
MAX_ITEMS = 1_000
MAX_NUMBER = 10**100

Filter = Callable[..., Any]


def bounded(name: str, apply: Filter) -> Filter:
    """The filter, which raises `OutputStreamLimitError` rather than make something too large for a message.

    Largest are a text of 64 KB, a list of a thousand items, and a number of a hundred digits; ranges count as lists.
    """

    @wraps(apply)
    def within_limits(*values: Any, **options: Any) -> Any:
        for value in values:
            _refuse_large(name, value)
        if _growth(name, values) > MAX_TEXT:
            raise OutputStreamLimitError(f"“{name}” makes too long a text", token=None)
        result = apply(*values, **options)
        _refuse_large(name, result)
        return result

    return within_limits


def _refuse_large(name: str, value: Any) -> None:
    if isinstance(value, str):
        too_large = len(value) > MAX_TEXT
    elif isinstance(value, range | list | tuple | dict):
        too_large = len(value) > MAX_ITEMS
    else:
        too_large = isinstance(value, int) and abs(value) > MAX_NUMBER
    if too_large:
        raise OutputStreamLimitError(f"“{name}” has too large a value", token=None)


def _growth(name: str, values: tuple[Any, ...]) -> int:
    """How long the text would become, for the filters that repeat one of their arguments."""
    if name == "replace" and len(values) > 1:
        text, old, new = (str(value) for value in (*values, "")[:3])
        return len(text) + text.count(old) * len(new)
    if name == "join" and isinstance(values[0], range | list | tuple):
        separator = values[1] if len(values) > 1 else " "
        return sum(len(str(item)) for item in values[0]) + len(values[0]) * len(str(separator))
    return 0
