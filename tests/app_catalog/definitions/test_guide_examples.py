"""Examples of the author guide that name no file fit the shape of one; the others are run (test_author_guide)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from app_catalog.definitions.json_schema import SCHEMA_NAMES, schema_of
from app_catalog.definitions.nodes import plain
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.yaml_reading import YamlBudget, read_yaml

GUIDE = (Path(__file__).resolve().parents[3] / "docs/author-guide.md").read_text("utf-8")
EXAMPLES = [
    text
    for text in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    if "runs-on" not in text and not text.startswith("# ")
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


def test_an_example_without_a_file_fits_one() -> None:
    assert {text: mistakes for text in EXAMPLES if (mistakes := _least_mistakes(text))} == {}


def _least_mistakes(text: str) -> list[str]:
    problems = Problems()
    node = read_yaml("example.yaml", text.encode(), problems, YamlBudget())
    assert [problem.format("en") for problem in problems.report().problems] == []
    assert node is not None
    data: Any = plain(node)
    parts = [(name, data) for name in SCHEMA_NAMES if name != "examples"] + [
        ("records", {"workflow": {"actions": data}})
    ]
    return min((_mistakes(name, part) for name, part in parts), key=len)


def test_an_example_that_fits_nowhere_is_found() -> None:
    assert _least_mistakes("fields: {hole: {typo: text}}\n") != []
