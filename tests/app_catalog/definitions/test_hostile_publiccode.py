"""A publiccode.yml that is no such file, broken or made to do harm."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_catalog.definitions.publiccode.reading import read_publiccode
from tests.app_catalog.definitions.publiccode_files import FULL, NEWEST_KEYS, read
from tests.processor_time import at_most


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"- a\n- b\n", b"sawah", b"{", b"a: &b c\n", b"\x00", b"%YAML 1.1\n---\na: 1\n"]
)
def test_what_is_no_publiccode_file_is_refused_with_a_reason(data: bytes) -> None:
    found = read_publiccode(data)
    assert found.report.errors
    assert found.document == {}


def _pieces() -> list[str]:
    return [*FULL.splitlines(keepends=True), *NEWEST_KEYS.splitlines(keepends=True)]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(_pieces()), st.text(max_size=30), st.sampled_from(["  " * 30 + "- {[", "? : ", "\t", "'"])
        ),
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_file_makes_the_reader_crash(pieces: list[str]) -> None:
    found = read_publiccode("".join(pieces).encode("utf-8", "surrogatepass"))
    assert found.report.problems or found.document


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_bytes_make_the_reader_crash(data: bytes) -> None:
    assert not read_publiccode(data).report.ok


@pytest.mark.parametrize(
    "text",
    [
        "legal:\n  license: " + "(" * 90 + "MIT" + ")" * 90,
        "legal:\n  license: " + " OR ".join(["MIT"] * 40_000),
        "".join(f"kunci{n}: {n}\n" for n in range(4_000)),
        "usedBy:\n" + "  - Kota Padi\n" * 9_000,
        "description:\n" + "".join(f"  a{n}:\n    x: y\n" for n in range(1_500)),
        "supports:\n" + "".join("  - id: alias:" + "a" * 200 + "\n" for _ in range(800)),
        "url: https://" + "a" * 200_000,
        "name: " + "[" * 50_000,
        "categories:\n" + "  - whistelblowing\n" * 290,
    ],
)
def test_a_hostile_file_costs_little_time(text: str) -> None:
    with at_most(5):
        found = read(text)
    assert not found.report.ok


def test_a_hostile_file_costs_little_memory() -> None:
    tracemalloc.start()
    found = read("url: https://" + "a" * 200_000 + "\n" + "".join(f"kunci{n}: {n}\n" for n in range(2_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not found.report.ok
    assert peak < 32 * 1024 * 1024
