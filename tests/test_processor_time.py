"""What never ends fails a test, instead of holding up all others."""

from __future__ import annotations

import pytest

from tests.processor_time import at_most


def never_end() -> None:
    while True:
        pass


def test_what_never_ends_is_broken_off() -> None:
    with pytest.raises(AssertionError, match="seconds of the processor"), at_most(0.01):
        never_end()


def test_what_ends_in_time_is_left_alone() -> None:
    with at_most(0.01):
        pass
    sum(range(10_000_000))
