"""The author guide as its readers use it: each section's examples are added to the app that `lumbung app new` makes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app_catalog.definitions.merge_patch import apply_merge_patch
from app_catalog.definitions.nodes import plain
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.source import Source, load_files
from app_catalog.definitions.yaml_reading import YamlBudget, read_yaml
from app_catalog.starters.files import starter_files

GUIDE = (Path(__file__).resolve().parents[1] / "docs/author-guide.md").read_text("utf-8")
_HEADING = re.compile(r"^#{2,3} (.*?) <!-- #([a-z-]+) -->$")
_FILE = re.compile(r"(?:#|//) ([a-z]+/[a-z_-]+\.(?:yaml|typ)|app\.yaml)\n")
_BLOCK = re.compile(r"^```(yaml|typst)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter or section by its anchor, with the examples in it: the file of each, and what stands in it."""

    anchor: str
    examples: tuple[tuple[str, str], ...]

    @property
    def scenarios(self) -> frozenset[str]:
        """The ids of the scenarios that the section adds."""
        return frozenset(Path(file).stem for file, _ in self.examples if file.startswith("scenarios/"))

    def package(self) -> Source:
        """The starter with the section's examples added."""
        files = starter_files("my-app", name="Aplikasi Saya", name_en="My App", day=date(2026, 1, 1))
        for file, text in self.examples:
            under = tree_of(file, files[file]) if file in files and file.endswith(".yaml") else {}
            data = tree_of(file, text.encode()) if file.endswith(".yaml") else None
            # JSON is YAML, and keeps what is a text and what is a number.
            files[file] = text.encode() if data is None else json.dumps(apply_merge_patch(under, data)).encode()
        return load_files(files)


def tree_of(file: str, text: bytes) -> Any:
    """What stands in a YAML file. Raises AssertionError with every problem of its writing."""
    problems = Problems()
    node = read_yaml(file, text, problems, YamlBudget())
    assert [problem.format("en") for problem in problems.report().problems] == []
    assert node is not None
    return plain(node)


def sections_of(guide: str) -> list[Section]:
    """The sections of a guide that have examples, in their order; blocks that name no file are left out.

    Chapter 1 goes on from section to section; from chapter 2 on each section begins with the starter again.
    """
    found: list[Section] = []
    for number, chapter in enumerate(re.split(r"^(?=## )", guide, flags=re.MULTILINE)):
        before: tuple[tuple[str, str], ...] = ()
        for part in re.split(r"^(?=### )", chapter, flags=re.MULTILINE):
            heading = _HEADING.match(part.partition("\n")[0])
            blocks = [(text, _FILE.match(text)) for _, text in _BLOCK.findall(part)]
            examples = tuple((named[1], text.removeprefix(named[0])) for text, named in blocks if named)
            if examples:
                assert heading is not None, f"no anchor in: {part[:80]}"
                found.append(Section(heading[2], (*before, *examples)))
                before = (*before, *examples) if number == 1 else ()
    return found
