import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbung.codes import ALPHABET, digest, is_valid, new_code, normalise, qr_svg

KEY = bytes(range(32))
SVG = "{http://www.w3.org/2000/svg}"


def test_a_new_code_is_grouped_and_valid_and_never_the_same() -> None:
    made = [new_code() for _ in range(500)]
    assert all(
        re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}-[0-9A-HJKMNP-TV-Z]", code) for code in made
    )
    assert all(is_valid(code) for code in made)
    assert len(set(made)) == len(made)


def test_twelve_random_characters_carry_sixty_bits() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)
    seen = [{code[place] for code in (new_code() for _ in range(600))} for place in (0, 5, 13)]
    assert all(len(letters) == 32 for letters in seen)


@pytest.mark.parametrize("place", range(13))
def test_every_single_wrong_character_is_noticed(place: int) -> None:
    code = new_code().replace("-", "")
    for letter in set(ALPHABET) - {code[place]}:
        assert not is_valid(code[:place] + letter + code[place + 1 :])


def test_every_exchange_of_two_characters_is_noticed() -> None:
    for _ in range(20):
        code = list(new_code().replace("-", ""))
        for one, other in combinations(range(13), 2):
            changed = code.copy()
            changed[one], changed[other] = changed[other], changed[one]
            assert is_valid("".join(changed)) == (changed == code)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("abcd-efgh-jkmn-p", "ABCD-EFGH-JKMN-P"),
        ("ABCDEFGHJKMNP", "ABCD-EFGH-JKMN-P"),
        ("  abcd efgh jkmn p\n", "ABCD-EFGH-JKMN-P"),
        ("oOiIlL0123456", "0011-1101-2345-6"),
        ("ABCD–EFGH—JKMN‑U", "ABCD-EFGH-JKMN-V"),
        ("ＡＢＣＤ\u200bＥＦＧＨ.JKMN_P", "ABCD-EFGH-JKMN-P"),
    ],
)
def test_a_typed_code_is_read_forgivingly(typed: str, read: str) -> None:
    assert normalise(typed) == read


@pytest.mark.parametrize(
    "typed",
    ["", "-", "ABCD-EFGH-JKMN", "ABCD-EFGH-JKMN-PP", "ABCD-EFGH-JKMN-*", "É" * 13, "١" * 13, "A" * 100_000],
)
def test_text_that_is_no_code_is_none_and_never_valid(typed: str) -> None:
    assert normalise(typed) is None
    assert not is_valid(typed)


@given(st.text(max_size=90))
def test_any_text_at_all_gets_an_answer(typed: str) -> None:
    read = normalise(typed)
    assert read is None or normalise(read) == read


def test_the_digest_is_the_same_for_every_way_of_typing() -> None:
    code = new_code()
    assert len(digest(code, KEY)) == 32
    assert digest(code.lower().replace("-", " "), KEY) == digest(code, KEY)
    assert digest(code, KEY) != digest(code, KEY[::-1])
    assert digest(code, KEY) != digest(new_code(), KEY)
    assert code.replace("-", "").encode() not in digest(code, KEY)


def test_no_digest_without_a_valid_code_and_a_long_key() -> None:
    code = new_code()
    wrong = code[:-1] + next(letter for letter in ALPHABET if letter != code[-1])
    for text in ("", wrong):
        with pytest.raises(ValueError, match="no tracking code"):
            digest(text, KEY)
    with pytest.raises(ValueError, match="32 bytes"):
        digest(code, b"short")


def test_a_qr_code_is_an_accessible_picture_without_inline_style() -> None:
    picture = qr_svg("http://tangsel.localhost:8000/track/ABCD", title='Lacak <laporan> "A" & B')
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Lacak <laporan> "A" & B'
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == 'Lacak <laporan> "A" & B'
    assert "style" not in picture
    assert "<script" not in picture
    assert hasattr(picture, "__html__")


def test_a_qr_code_has_its_finder_patterns_inside_a_margin_of_four() -> None:
    root = ElementTree.fromstring(qr_svg("A"))
    dark = set(re.findall(r"M(\d+) (\d+)h1", root.findall(f"{SVG}path")[1].get("d") or ""))
    cells = {(int(x), int(y)) for x, y in dark}
    assert root.get("viewBox") == "0 0 29 29"
    assert min(x for x, _ in cells) == 4
    for left, top in ((4, 4), (18, 4), (4, 18)):
        ring = {(left + n, top) for n in range(7)} | {(left + n, top + 6) for n in range(7)}
        assert ring <= cells
        assert (left + 1, top + 1) not in cells


@pytest.mark.parametrize("text", ["", "x" * 5_000])
def test_a_text_that_no_qr_code_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        qr_svg(text)
