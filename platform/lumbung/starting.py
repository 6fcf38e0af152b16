"""How a process starts: fast, and in a way that those which are forked from it share its memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Do not look for garbage meanwhile: a thousand modules and their tables are made, and none of it is garbage.

    Looking again and again through all that is there already takes a sixth of the time in which Lumbung starts.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def keep_what_is_there() -> None:
    """Never look for garbage again among what is there by now; for a process that is about to serve.

    What is only read is then also not written to any more, so that forked processes go on sharing it.
    """
    gc.collect()
    gc.freeze()
