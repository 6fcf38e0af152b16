"""How many pictures one process decodes at once, over all of its threads.

One picture may need 256 MB for a moment (`lumbung.images`); eight threads with eight of them would need two gigabytes.
They are decoded by threads of their own, because each thread's share of the heap keeps what it once needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TypeVar

from lumbung.errors import Unavailable
from lumbung.i18n import Text

MOST_AT_ONCE = 2
LONGEST_WAIT = 5.0
"""Seconds that somebody waits for a turn: as long as two of the largest pictures take on a slow machine."""

T = TypeVar("T")
_turns = BoundedSemaphore(MOST_AT_ONCE)


class DecodingBusy(Unavailable):
    """So many pictures arrive at this moment that this one has to be sent again."""

    slug = "pictures-busy"
    title = Text("Sedang banyak foto masuk", "Many photos are arriving")
    default = Text(
        "Terlalu banyak foto masuk saat ini. Tunggu beberapa detik, lalu kirim sekali lagi.",
        "Too many photos are arriving at this moment. Wait a few seconds, then send it once more.",
    )


def decode_in_turn(work: Callable[[], T]) -> T:
    """What `work` gives, done by one of the few threads that decode pictures. Not to be nested.

    Raises what `work` raises, and DecodingBusy as `decoding_turn`.
    """
    with decoding_turn():
        return _threads().submit(copy_context().run, work).result()


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="pictures")


@contextmanager
def decoding_turn() -> Iterator[None]:
    """A turn for decoding and writing one picture.

    Raises DecodingBusy (503 with Retry-After) when none is free within `LONGEST_WAIT`.
    """
    if not _turns.acquire(timeout=LONGEST_WAIT):
        raise DecodingBusy
    try:
        yield
    finally:
        _turns.release()
