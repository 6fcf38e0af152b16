"""Figures in the reader's own writing."""

from __future__ import annotations

import pytest

from lumbung.i18n import Text, current_language, pick, show_bytes, speaking, t, use_language


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


def test_a_language_holds_for_a_block_only_even_when_it_breaks_off() -> None:
    @speaking("en")
    def break_off() -> None:
        raise RuntimeError(t("ya", "yes"))

    with pytest.raises(RuntimeError, match="yes"):
        break_off()
    assert current_language() == "id"


def test_a_text_is_filled_in_by_language() -> None:
    name = Text.of({"id": "Laporan", "en": "Reports"})
    said = Text("{app} kini {n}", "{app} is now {n}").format(app=name, n=2)
    assert (said.id, said.en) == ("Laporan kini 2", "Reports is now 2")
    whole = Text.paragraphs(said, "", None, "catatan")
    assert (whole.id, whole.en) == ("Laporan kini 2\n\ncatatan", "Reports is now 2\n\ncatatan")


@pytest.mark.parametrize(
    "texts", [None, "SIARAN", {"id": "Laporan"}, {"en": "Reports"}, {}, {"id": "", "en": "Reports"}]
)
def test_a_text_for_an_unknown_reader_says_what_the_reader_would_be_told(texts: dict[str, str] | str | None) -> None:
    for language in ("id", "en"):
        with speaking(language):
            assert str(Text.of(texts)) == pick(texts)
