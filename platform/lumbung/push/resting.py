"""Push services that did not answer are left alone for a minute.

The address of a push service comes from whoever subscribes. One that takes a connection and says nothing holds a worker
for seconds, and ten devices of it would hold up everybody's messages; so the first that waits is the last for a while.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from urllib.parse import urlsplit

SLOW = 3.0
"""Seconds after which a call that came to nothing counts as one that was held up."""
REST = 60.0
_MOST = 1_000
_until: OrderedDict[str, float] = OrderedDict()
_lock = Lock()


class RestingError(OSError):
    """The service did not answer a moment ago; to be tried again later."""


@contextmanager
def answering(endpoint: str) -> Iterator[None]:
    """Inside the block the service of `endpoint` is called. Raises RestingError at once while it is left alone; a call
    that is held up and fails begins its rest."""
    domain, began = _domain(endpoint), time.monotonic()
    with _lock:
        if _until.get(domain, 0.0) > began:
            raise RestingError("the push service did not answer a moment ago")
    try:
        yield
    except OSError as error:
        if isinstance(error, TimeoutError) or time.monotonic() - began >= SLOW:
            _rest(domain)
        raise


def _rest(domain: str) -> None:
    with _lock:
        _until[domain] = time.monotonic() + REST
        _until.move_to_end(domain)
        while len(_until) > _MOST:
            _until.popitem(last=False)


def _domain(endpoint: str) -> str:
    """The last two names of the host: whoever owns a domain has as many hosts below it as they like."""
    host = urlsplit(endpoint).hostname or ""
    return host if host.replace(".", "").isdigit() or ":" in host else ".".join(host.split(".")[-2:])
