"""When a process has more to do than it can, the municipality that asks for most of it is the one that waits.

In front of everything else, so that a refusal costs next to nothing. What people send in is never refused, only pages
that can be opened again a moment later (trust.md: one municipality at twenty times its load).
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp
from threading import Lock
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BUSY = 0.6
"""Cores in use from which on a process is busy: its threads share one, and the database needs some too."""
MOST = 0.6
"""The share of a busy process that one host may have while others are there as well."""
REMEMBERED_SECONDS = 2.0
OTHERS_SECONDS = 10.0
RETRY_SECONDS = 3
_MOST_HOSTS = 2_000
_UNKNOWN = "421"
"""The status that a name of no site is answered with."""
_READING = frozenset({"GET", "HEAD"})
_ALWAYS = ("/static/", "/healthz", "/readyz", "/metrics")

REFUSED = Counter("lumbung_requests_refused_total", "Readings refused: one host had most of a busy process.")

_PAGE = f"""<!doctype html>
<html lang="id">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{RETRY_SECONDS}">
<title>Sedang ramai</title>
<h1>Sedang ramai</h1>
<p>Halaman ini dibuka lagi sendiri dalam {RETRY_SECONDS} detik. Yang sudah terkirim tidak hilang.</p>
<h2 lang="en">Very busy</h2>
<p lang="en">This page opens again by itself in {RETRY_SECONDS} seconds. Nothing that was sent is lost.</p>
</html>
""".encode()
_PROBLEM = json.dumps(
    {
        "type": "about:blank",
        "title": "Sedang ramai / Very busy",
        "status": 503,
        "detail": f"Coba lagi dalam {RETRY_SECONDS} detik. / Try again in {RETRY_SECONDS} seconds.",
    }
).encode()


@dataclass(slots=True)
class _Use:
    """Cores used of late, as of `at`: what a second ago was counts for less."""

    cores: float = 0.0
    at: float = 0.0

    def now(self, moment: float) -> float:
        return self.cores * exp((self.at - moment) / REMEMBERED_SECONDS)

    def add(self, seconds: float, moment: float) -> None:
        self.cores, self.at = self.now(moment) + seconds / REMEMBERED_SECONDS, moment


class FairShare:
    """WSGI middleware that refuses readings (503 with Retry-After) of a host that takes more than its share of a busy
    process while other hosts are asking too. `busy` is the cores from which on a process counts as busy; `clock` gives
    seconds, `spent` the calling thread's seconds of processor.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        busy: float = BUSY,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        self._application = application
        self.busy = busy
        self._clock = clock
        self._spent = spent
        self._lock = Lock()
        self._all = _Use()
        # In the order of their last request, so that the last two tell whether somebody else is here.
        self._hosts: OrderedDict[str, _Use] = OrderedDict()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or refuse."""
        host = environ.get("HTTP_HOST", "").lower()
        if self._is_too_much(host) and _may_wait(environ):
            REFUSED.inc()
            return _refuse(environ, start_response)
        began = self._spent()
        said: list[str] = []

        def start(status: str, *rest: Any) -> Any:
            said[:] = [status]
            return start_response(status, *rest)

        try:
            return self._application(environ, start)
        finally:
            # A name that nobody has is no neighbour, or made-up names would take a turn from those who are here.
            unknown = bool(said) and said[0].startswith(_UNKNOWN)
            self._note("" if unknown else host, self._spent() - began)

    def _is_too_much(self, host: str) -> bool:
        moment = self._clock()
        with self._lock:
            total, mine = self._all.now(moment), self._hosts.get(host)
            if mine is None or total < self.busy or mine.now(moment) < total * MOST:
                return False
            others = (use.at for name, use in reversed(self._hosts.items()) if name != host)
            return moment - next(others, -OTHERS_SECONDS - moment) < OTHERS_SECONDS

    def _note(self, host: str, seconds: float) -> None:
        moment = self._clock()
        with self._lock:
            self._all.add(seconds, moment)
            if not host:
                return
            self._hosts.setdefault(host, _Use()).add(seconds, moment)
            self._hosts.move_to_end(host)
            if len(self._hosts) > _MOST_HOSTS:
                self._hosts.popitem(last=False)


def _may_wait(environ: WSGIEnvironment) -> bool:
    return environ["REQUEST_METHOD"] in _READING and not environ.get("PATH_INFO", "").startswith(_ALWAYS)


def _refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    page = "html" in environ.get("HTTP_ACCEPT", "")
    body = _PAGE if page else _PROBLEM
    start_response(
        "503 Service Unavailable",
        [
            ("Content-Type", "text/html; charset=utf-8" if page else "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            ("Retry-After", str(RETRY_SECONDS)),
        ],
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
