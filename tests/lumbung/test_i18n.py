"""Figures in the reader's own writing."""

from __future__ import annotations

import pytest

from lumbung.i18n import show_bytes, use_language


@pytest.mark.parametrize(
    ("size", "indonesian", "english"),
    [
        (0, "0 B", "0 B"),
        (999, "999 B", "999 B"),
        (1_000, "1 kB", "1 kB"),
        (643_512, "643,5 kB", "643.5 kB"),
        (999_960, "1 MB", "1 MB"),
        (34_040_000, "34 MB", "34 MB"),
        (2_700_000_000_000_000, "2.700 TB", "2,700 TB"),
    ],
)
def test_sizes_are_written_as_the_reader_writes_numbers(size: int, indonesian: str, english: str) -> None:
    assert show_bytes(size) == indonesian
    use_language("en")
    assert show_bytes(size) == english
