"""Sends requests for a while and says what they cost. The sender is a process of its own; its time is not counted."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from bench.processes import cpu_seconds

CONNECTIONS = 8
_ATTEMPTS = 3
"""On a machine that is busy with other things, a short time may end before the first answer."""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Target:
    """One kind of request to one system. With `many_callers` each request comes from another address, as the proxy
    in front says it, so that a limit by address stays on and is not what is measured."""

    url: str
    host: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    many_callers: bool = False


@dataclass(frozen=True)
class Cost:
    """What requests cost: milliseconds of processor time each, in the application and in the database."""

    requests: int
    per_second: float
    p99: float
    app: float
    db: float
    errors: int

    @property
    def total(self) -> float:
        """Application and database together."""
        return self.app + self.db


def measure(target: Target, *, app_pid: int, db_pid: int, seconds: float) -> Cost:
    """Send for so many seconds. Raises RuntimeError when no request was answered."""
    for _ in range(_ATTEMPTS):
        app, db = cpu_seconds(app_pid), cpu_seconds(db_pid)
        requests, p99, errors = _send(target, seconds)
        app, db = cpu_seconds(app_pid) - app, cpu_seconds(db_pid) - db
        if requests:
            break
        seconds *= 3
    else:
        raise RuntimeError(f"No answer from {target.host}{target.path}")
    return Cost(requests, requests / seconds, p99, app / requests * 1000, db / requests * 1000, errors)


def middle(costs: list[Cost]) -> Cost:
    """The median of several rounds, figure by figure; errors are added up."""
    return Cost(
        requests=sum(cost.requests for cost in costs),
        per_second=statistics.median(cost.per_second for cost in costs),
        p99=statistics.median(cost.p99 for cost in costs),
        app=statistics.median(cost.app for cost in costs),
        db=statistics.median(cost.db for cost in costs),
        errors=sum(cost.errors for cost in costs),
    )


def _send(target: Target, seconds: float) -> tuple[int, float, int]:
    if shutil.which("wrk") is None:
        return _send_by_python(target, seconds)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_lua(target))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{ceil(seconds)}s", "--latency", "-s", script.name, target.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"wrk: {done.stderr.strip() or done.stdout.strip()}")
        text = done.stdout
    requests = re.search(r"(\d+) requests in", text)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return (
        int(requests[1]) if requests else 0,
        float(p99[1]) * _UNITS[p99[2]] if p99 else 0.0,
        int(bad[1]) if bad else 0,
    )


def _lua(target: Target) -> str:
    headers = {"Host": target.host, **({"Content-Type": "application/json"} if target.body else {}), **target.headers}
    method, body = ("POST", json.dumps(target.body)) if target.body else ("GET", "nil")
    lines = ["math.randomseed(os.time())", "request = function()", " local h = {}"]
    lines += [f" h[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()]
    if target.many_callers:
        octet = "math.random(1, 254)"
        lines.append(f" h['X-Forwarded-For'] = '10.' .. {octet} .. '.' .. {octet} .. '.' .. {octet}")
    lines += [f" return wrk.format('{method}', {json.dumps(target.path)}, h, {body})", "end"]
    return "\n".join(lines)


def _send_by_python(target: Target, seconds: float) -> tuple[int, float, int]:
    """Where wrk is missing: slower at sending, and as good for what a request costs the server."""
    given = {
        "url": target.url,
        "host": target.host,
        "path": target.path,
        "body": target.body,
        "headers": dict(target.headers),
        "many_callers": target.many_callers,
        "seconds": seconds,
        "connections": CONNECTIONS,
    }
    command = [sys.executable, "-m", "bench.sender"]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    requests, p99, errors = json.loads(done.stdout)
    return requests, p99, errors
