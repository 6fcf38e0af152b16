"""Hostile YAML is refused before anything is built, quickly, with the line."""

import pytest

from app_catalog.definitions.nodes import plain
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.yaml_reading import read_yaml, resolve_scalar
from tests.processor_time import at_most

LAUGHS = "a: &a [x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(20)
)
HOSTILE = {
    "billion laughs": (LAUGHS, "yaml-anchor"),
    "anchor on a map": ("a: &x {b: 1}", "yaml-anchor"),
    "alias": ("a: *x", "yaml-alias"),
    "python tag": ("a: !!python/object/apply:os.system ['true']", "yaml-tag"),
    "own tag": ("a: !secret x", "yaml-tag"),
    "core tag": ("a: !!str 1", "yaml-tag"),
    "merge key": ("b: {<<: {x: 1}}", "yaml-merge-key"),
    "merge key in block": ("b:\n  <<: {x: 1}", "yaml-merge-key"),
    "duplicate key": ("a: 1\nb: 2\na: 3", "yaml-duplicate-key"),
    "duplicate key by quotes": ("a: 1\n'a': 3", "yaml-duplicate-key"),
    "duplicate key deep": ("x: {y: {a: 1, a: 2}}", "yaml-duplicate-key"),
    "map as key": ("? {a: 1}\n: 2", "yaml-key-not-text"),
    "list as key": ("? [a]\n: 2", "yaml-key-not-text"),
    "deep flow lists": ("a: " + "[" * 5000, "yaml-depth"),
    "deep flow maps": ("{a: " * 3000, "yaml-depth"),
    "deep block lists": ("- " * 30_000, "yaml-depth"),
    "deep block maps": ("".join(f"{' ' * i}a:\n" for i in range(200)), "yaml-depth"),
    "depth of 21": ("[" * 21 + "]" * 21, "yaml-depth"),
    "two documents": ("a: 1\n---\nb: 2", "yaml-several-documents"),
    "version directive": ("%YAML 1.1\n---\na: yes", "yaml-directive"),
    "tag directive": ("%TAG ! tag:x,2000:\n---\na: 1", "yaml-directive"),
    "too many elements": ("".join(f"k{i}: [1,2,3,4]\n" for i in range(5000)), "yaml-too-long"),
    "too large": ("#" * (256 * 1024 + 1), "file-too-large"),
    "tab as indentation": ("a:\n\tb: 1", "yaml-syntax"),
    "open quote": ("a: 'x", "yaml-syntax"),
    "control character": ("a: \x01", "hidden-character"),
    "empty": ("", "file-empty"),
    "only a comment": ("# nothing", "file-empty"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_refused_within_a_second(name: str) -> None:
    text, code = HOSTILE[name]
    problems = Problems()
    with at_most(1):
        read_yaml("app.yaml", text.encode(), problems)
    assert [problem.code for problem in problems.found] == [code]
    assert problems.found[0].severity == "error"


def test_bytes_that_are_not_utf8_are_told_with_their_line() -> None:
    problems = Problems()
    assert read_yaml("app.yaml", b"a: 1\nb: \xff\n", problems) is None
    assert [(problem.code, problem.line) for problem in problems.found] == [("file-not-utf8", 2)]


def test_a_depth_of_twenty_is_allowed() -> None:
    problems = Problems()
    assert read_yaml("app.yaml", ("[" * 20 + "]" * 20).encode(), problems) is not None
    assert problems.found == []


def test_every_duplicate_key_is_told() -> None:
    problems = Problems()
    read_yaml("app.yaml", b"a: 1\na: 2\nb: {c: 1, c: 2}\n", problems)
    assert [(problem.code, problem.line) for problem in problems.found] == [
        ("yaml-duplicate-key", 2),
        ("yaml-duplicate-key", 3),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("true", True), ("False", False), ("~", None), ("null", None),
        ("06", 6), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"), ("1.5", 1.5), ("1e3", 1000.0), (".inf", ".inf"),
        ("12:30", "12:30"), ("2026-01-05", "2026-01-05"), ("9" * 400, "9" * 400), ("-7", -7), ("P3WD", "P3WD"),
    ],
)  # fmt: skip
def test_plain_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    found = resolve_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_scalars_stay_text() -> None:
    problems = Problems()
    node = read_yaml("app.yaml", b"a: 'true'\nb: \"1\"\n", problems)
    assert node is not None
    assert plain(node) == {"a": "true", "b": "1"}
