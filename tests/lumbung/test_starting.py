from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from lumbung.starting import without_collecting


def test_garbage_is_looked_for_again_whatever_happened_meanwhile() -> None:
    seen = []

    def fail() -> None:
        with without_collecting():
            seen.append(gc.isenabled())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [*seen, gc.isenabled()] == [False, True]


def test_who_looks_for_no_garbage_is_not_made_to() -> None:
    gc.disable()
    try:
        with without_collecting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_there_once_an_app_is_made_is_never_looked_through_again(source_root: Path) -> None:
    words = "import gc, wsgi; from lumbung.starting import keep_what_is_there as keep; keep()"
    check = "assert gc.isenabled() and gc.get_freeze_count() > 100_000 > len(gc.get_objects())"
    subprocess.run([sys.executable, "-c", f"{words}; {check}"], cwd=source_root, check=True, timeout=60)
