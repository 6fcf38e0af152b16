"""Every example of the author guide is YAML that stands in a package as the checker's shapes have it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app_catalog.definitions.json_schema import SCHEMA_NAMES, schema_of
from app_catalog.definitions.nodes import plain
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.yaml_reading import YamlBudget, read_yaml

GUIDE = (Path(__file__).resolve().parents[3] / "docs/author-guide.md").read_text("utf-8")
EXAMPLES = [
    text for text in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL) if "runs-on" not in text
]
SCHEMAS = {name: Draft202012Validator(schema_of(name)) for name in SCHEMA_NAMES}


def _mistakes(name: str, data: dict[str, Any]) -> list[str]:
    """What the schema says of a part of a file: that the rest of it is missing is no mistake, except of a page, whose
    kind says which keys it has."""
    return [
        f"{name} {error.json_path}: {error.message[:150]}"
        for error in SCHEMAS[name].iter_errors(data)
        if not (error.validator == "required" and name != "pages" and len(error.path) <= 1)
    ]


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.partition(":")[0])
def test_an_example_of_the_guide_fits_its_file(text: str) -> None:
    problems = Problems()
    node = read_yaml("example.yaml", text.encode(), problems, YamlBudget())
    assert [problem.format("en") for problem in problems.report().problems] == []
    assert node is not None
    data: Any = plain(node)
    parts = [(name, data) for name in SCHEMA_NAMES if name != "examples"] + [
        ("records", {"workflow": {"actions": data}})
    ]
    mistakes = [_mistakes(name, part) for name, part in parts]
    assert [] in mistakes, min(mistakes, key=len)


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) >= 8
