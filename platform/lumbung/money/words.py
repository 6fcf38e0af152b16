"""Amounts in words, as receipts in Indonesia have them."""

from __future__ import annotations

from lumbung.i18n import Language

_ONES_ID = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_SCALES_ID = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))
_ONES_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES_EN = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_BEYOND = 10**15


def rupiah_in_words(amount: int, language: Language) -> str:
    """An amount of whole rupiah in words: "dua ratus lima puluh ribu rupiah".

    Raises ValueError below zero and from a thousand trillion on.
    """
    if not 0 <= amount < _BEYOND:
        raise ValueError("No words for this amount.")
    words = _english(amount) if language == "en" else _indonesian(amount)
    return f"{words} rupiah"


def _indonesian(number: int) -> str:
    if number < 12:
        return _ONES_ID[number]
    if number < 20:
        return f"{_ONES_ID[number - 10]} belas"
    if number < 100:
        return _joined(f"{_ONES_ID[number // 10]} puluh", number % 10, "id")
    if number < 200:
        return _joined("seratus", number - 100, "id")
    if number < 1000:
        return _joined(f"{_ONES_ID[number // 100]} ratus", number % 100, "id")
    if number < 2000:
        return _joined("seribu", number - 1000, "id")
    size, name = next(scale for scale in _SCALES_ID if number >= scale[0])
    return _joined(f"{_indonesian(number // size)} {name}", number % size, "id")


def _english(number: int) -> str:
    if number < 20:
        return _ONES_EN[number]
    if number < 100:
        tens, ones = _TENS_EN[number // 10 - 2], number % 10
        return f"{tens}-{_ONES_EN[ones]}" if ones else tens
    if number < 1000:
        return _joined(f"{_ONES_EN[number // 100]} hundred", number % 100, "en")
    size, name = next(scale for scale in _SCALES_EN if number >= scale[0])
    return _joined(f"{_english(number // size)} {name}", number % size, "en")


def _joined(words: str, rest: int, language: Language) -> str:
    if not rest:
        return words
    return f"{words} {_english(rest) if language == 'en' else _indonesian(rest)}"
