"""Secrets at rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbung.secrets import KeyRing, UndecryptableError

RING = KeyRing.from_secrets("first secret")
CONTEXT = "records:1:2:nik"


@given(st.text(), st.text())
def test_what_is_sealed_comes_back_in_its_place(plain: str, context: str) -> None:
    assert RING.decrypt(RING.encrypt(plain, context=context), context=context) == plain


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert RING.encrypt("3674012345678901", context=CONTEXT) != RING.encrypt("3674012345678901", context=CONTEXT)


def test_a_value_moved_to_another_row_does_not_open() -> None:
    token = RING.encrypt("3674012345678901", context=CONTEXT)
    with pytest.raises(UndecryptableError):
        RING.decrypt(token, context="records:1:3:nik")


def test_an_altered_value_does_not_open_wherever_it_was_altered() -> None:
    token = RING.encrypt("rahasia", context=CONTEXT)
    for place in range(0, len(token), 5):
        other = "A" if token[place] != "A" else "B"
        altered = token[:place] + other + token[place + 1 :]
        with pytest.raises(UndecryptableError):
            RING.decrypt(altered, context=CONTEXT)


@pytest.mark.parametrize("token", ["", "1", "1.x.y", "9.a.b", "1.é.ü", "a.b.c.d"])
def test_what_was_never_sealed_does_not_open(token: str) -> None:
    with pytest.raises(UndecryptableError):
        RING.decrypt(token, context=CONTEXT)


def test_a_new_key_still_opens_what_a_former_one_sealed() -> None:
    token = RING.encrypt("rahasia", context=CONTEXT)
    renewed = KeyRing.from_secrets("second secret", ("first secret",))
    assert renewed.decrypt(token, context=CONTEXT) == "rahasia"
    assert renewed.encrypt("x", context=CONTEXT).split(".")[1] != token.split(".")[1]
    with pytest.raises(UndecryptableError):
        KeyRing.from_secrets("second secret").decrypt(token, context=CONTEXT)


def test_a_blind_index_finds_equal_values_in_one_column_and_survives_a_new_key() -> None:
    digest = RING.blind_index("3674012345678901", context="people.nik")
    assert digest == RING.blind_index("3674012345678901", context="people.nik")
    assert digest != RING.blind_index("3674012345678901", context="claims.nik")
    assert digest != RING.blind_index("3674012345678902", context="people.nik")
    renewed = KeyRing.from_secrets("second secret", ("first secret",))
    assert digest == renewed.blind_index("3674012345678901", context="people.nik")


def test_a_ring_does_not_show_its_keys() -> None:
    assert "keys" not in repr(RING)
