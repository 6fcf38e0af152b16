"""A changelog in two languages, read in one."""

from __future__ import annotations

from app_catalog.catalog.one_language import in_language

BOTH = """# Perubahan / Changes

## 1.1.0

### Bahasa Indonesia

- Peta lebih cepat.

### English ###

- A faster map.

#### Details

```
### Bahasa Indonesia
```

## 1.0.0

- Untuk semua / for all

## 0.9.0

### English

- Only in English.
"""


def test_each_reader_gets_their_language() -> None:
    indonesian, english = in_language(BOTH, "id"), in_language(BOTH, "en")
    assert "Peta lebih cepat." in indonesian
    assert "A faster map." not in indonesian
    assert "Details" not in indonesian
    assert "A faster map." in english
    assert "#### Details\n\n```\n### Bahasa Indonesia\n```" in english
    assert "Peta lebih cepat." not in english


def test_what_is_in_one_language_alone_is_for_everybody() -> None:
    for language in ("id", "en"):
        text = in_language(BOTH, language)
        assert "Untuk semua / for all" in text
        assert "Only in English." in text
        assert [line for line in text.splitlines() if line.startswith("## ")] == ["## 1.1.0", "## 1.0.0", "## 0.9.0"]
        assert "### English" not in text


def test_a_text_without_marks_stays_as_it_is() -> None:
    text = "# Changes\n\n## 1.0\n- English is a word here\n"
    assert in_language(text, "id") == text.rstrip("\n")
