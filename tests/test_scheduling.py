"""Groups of tests are groups of files that exist; that they stay together is asked where something dear is made."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scheduling import NEXT, TOGETHER


def test_every_file_that_is_named_exists(source_root: Path) -> None:
    assert [file for file in (*TOGETHER, *NEXT) if not (source_root / file).exists()] == []


def test_who_shares_the_stand_stands_together(source_root: Path) -> None:
    sharing = {
        file.relative_to(source_root).as_posix()
        for file in (source_root / "tests" / "proofs").glob("test_*.py")
        if re.search(r"\bstand: Stand\b", file.read_text("utf-8"))
    }
    assert sharing
    assert sharing <= {file for file, group in TOGETHER.items() if group == "stand"}


def test_who_looks_at_the_demonstration_stands_together(source_root: Path) -> None:
    folder = source_root / "tests" / "app_runtime" / "loaded_demonstration"
    looking = {file.relative_to(source_root).as_posix() for file in folder.glob("test_*.py")}
    assert looking
    assert looking <= {file for file, group in TOGETHER.items() if group == "demonstration"}
