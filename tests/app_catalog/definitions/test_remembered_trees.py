"""What was read once is not read again, and is held to the same limits."""

from __future__ import annotations

import pytest

from app_catalog.definitions import yaml_reading
from app_catalog.definitions.nodes import Node, ScalarNode
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.remembered_trees import RememberedTrees
from app_catalog.definitions.yaml_reading import YamlBudget, read_yaml

TEXT = b"title: Lampu\nstates: [baru, lama]\n"


@pytest.fixture(autouse=True)
def trees(monkeypatch: pytest.MonkeyPatch) -> RememberedTrees:
    """Nothing read yet."""
    fresh = RememberedTrees()
    monkeypatch.setattr(yaml_reading, "_TREES", fresh)
    return fresh


def read(
    data: bytes = TEXT, *, file: str = "app.yaml", budget: YamlBudget | None = None
) -> tuple[Node | None, list[str]]:
    problems = Problems()
    return read_yaml(file, data, problems, budget), [problem.code for problem in problems.found]


def test_the_same_file_is_read_once() -> None:
    assert read()[0] is read()[0]
    assert read(TEXT + b"\n")[0] is not read()[0]
    other, _ = read(file="records/report.yaml")
    assert other is not None
    assert other.file == "records/report.yaml"


def test_what_is_wrong_is_told_every_time() -> None:
    for text in (b"a: 1\na: 2\n", b"a: &x 1\n", b"a: [\n", b"", b"\xff"):
        first, second = read(text), read(text)
        assert first[1] == second[1] != []


def test_what_is_remembered_spends_the_same() -> None:
    first, second = YamlBudget(), YamlBudget()
    read(budget=first)
    read(budget=second)
    assert (first.bytes, first.events) == (second.bytes, second.events) != (YamlBudget().bytes, YamlBudget().events)


@pytest.mark.parametrize("short", [YamlBudget(events=3), YamlBudget(bytes=len(TEXT) - 1)])
def test_what_is_remembered_is_refused_all_the_same_when_the_package_is_too_long(short: YamlBudget) -> None:
    read()
    assert read(budget=short) == (None, ["package-too-long"])


def test_the_longest_unused_is_forgotten(trees: RememberedTrees) -> None:
    trees.most_bytes = 250
    root = ScalarNode("a", 1, 1, "x", "x")
    for letter in (b"a", b"b"):
        trees.keep("a", letter * 100, root, 1)
    assert trees.find("a", b"a" * 100)
    trees.keep("a", b"c" * 100, root, 1)
    trees.keep("a", b"d" * 251, root, 1)
    kept = [letter for letter in (b"a", b"b", b"c") if trees.find("a", letter * 100)]
    assert kept == [b"a", b"c"]
    assert trees.find("a", b"d" * 251) is None
