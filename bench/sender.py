"""A sender of requests in plain Python, for machines without wrk: `python -m bench.sender`, told on standard input."""

from __future__ import annotations

import http.client
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit


def main() -> None:
    """Send, and write `[requests, p99 in milliseconds, errors]`."""
    given: dict[str, Any] = json.load(sys.stdin)
    until = time.monotonic() + given["seconds"]
    with ThreadPoolExecutor(given["connections"]) as pool:
        found = list(pool.map(lambda _: _one_caller(given, until), range(given["connections"])))
    times = sorted(moment for moments, _ in found for moment in moments)
    p99 = times[int(len(times) * 0.99)] * 1000 if times else 0.0
    json.dump([len(times), p99, sum(errors for _, errors in found)], sys.stdout)


def _one_caller(given: dict[str, Any], until: float) -> tuple[list[float], int]:
    connection = http.client.HTTPConnection(str(urlsplit(given["url"]).netloc), timeout=30)
    times, errors = [], 0
    while time.monotonic() < until:
        headers = {"Host": given["host"], **given["headers"]}
        if given["body"]:
            headers["Content-Type"] = "application/json"
        if given["many_callers"]:
            headers["X-Forwarded-For"] = ".".join(["10", *(str(random.randint(1, 254)) for _ in range(3))])
        begun = time.perf_counter()
        connection.request("POST" if given["body"] else "GET", given["path"], given["body"] or None, headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - begun)
        errors += answer.status >= 400
    return times, errors


if __name__ == "__main__":
    main()
