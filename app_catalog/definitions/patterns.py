"""Patterns of a package, by RE2: linear time whatever the pattern and the text."""

from functools import lru_cache
from typing import Any

import re2


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = 1 << 20
    options.log_errors = False
    return re2.compile(pattern, options)


def matches_pattern(pattern: str, value: str) -> bool:
    """Whether the whole of ``value`` matches ``pattern``."""
    return _compiled(pattern).fullmatch(value) is not None
