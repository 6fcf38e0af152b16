"""The examples of docs/api.md are what the interface really takes and gives."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lumbung.db import set_clock
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.browsing import Browser, browse
from tests.world import World

_BLOCKS = re.compile(r"```(http|json)\n(.*?)```", re.DOTALL)


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel with the reports of the examples."""
    stage = set_stage(session, world, publish="at_once")
    with set_clock(datetime(2026, 3, 2, 1, tzinfo=UTC)):
        for _ in range(3):
            stage.report()
        session.commit()
    return stage


def examples(root: Path) -> list[tuple[str, Any]]:
    """Requests of the page with the answer that stands below each, if any."""
    found: list[tuple[str, Any]] = []
    for kind, text in _BLOCKS.findall((root / "docs" / "api.md").read_text("utf-8")):
        if kind == "http":
            found.append((text, None))
        else:
            found[-1] = (found[-1][0], json.loads(text))
    return found


def shape(value: Any) -> Any:
    """Names and kinds of values, whatever the values are; of a list its first member stands for all."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value[:1]]
    return type(value).__name__


def ask(program: Browser, text: str) -> Any:
    """Send an example as it is written."""
    head, _, body = text.partition("\n\n")
    (method, path), *headers = (line.split(" ", 1) for line in head.strip().splitlines())
    given = {name.rstrip(":"): value for name, value in headers}
    options: dict[str, Any] = {"data": body, "content_type": given.pop("Content-Type")} if body else {}
    return program.open(method, path, headers=given, **options)


def test_the_examples_are_answered_as_they_say(
    app: LumbungFlask, world: World, stage: Stage, source_root: Path
) -> None:
    program = browse(app, world.tangsel.host)
    tried = examples(source_root)
    assert len(tried) == 5
    for text, expected in tried:
        with set_clock(datetime(2026, 3, 2, 1, tzinfo=UTC)):
            answer = ask(program, text)
        assert answer.status_code in (200, 201), (text, answer.text)
        if expected is None:
            continue
        given = answer.json
        if "items" in expected:
            # Three reports without photos stand in for the one in the example.
            given["items"][0]["fields"]["photos"] = expected["items"][0]["fields"]["photos"]
        assert shape(given) == shape(expected), text
    assert program.get("/api/v1/siaran/report/SR/2026/00004").status_code == 200
