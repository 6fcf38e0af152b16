"""Counts requests by municipality and app, and how long each kind of page takes.

Every label is from a list of ours (rules, municipalities, apps that answered), so that a visitor cannot make new series
at will and no path, code or name of a person becomes one.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "lumbung_requests_total",
    "Requests answered, by municipality (empty on the hub), app and class of status.",
    ["municipality", "app", "status"],
)
SECONDS = Histogram(
    "lumbung_request_seconds",
    "Time from the first byte that the application sees to its answer, by site and rule.",
    ["site", "method", "rule"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install_request_metrics(app: Flask) -> None:
    """Count every request. To be called before other functions are registered, so that it runs as the last."""

    @app.before_request
    def _begin() -> None:
        g.measured_from = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        started = g.pop("measured_from", None)
        # An answer that took the place of another, because that could not be kept, passes here twice.
        if started is not None:
            _observe(response.status_code, time.perf_counter() - started)
        return response


def _observe(status: int, seconds: float) -> None:
    site: Any = g.get("site")
    rule, method = request.url_rule, request.method
    named = rule.rule if rule else "-"
    REQUESTS.labels((site.slug or "") if site else "", _app(site, status, method, named), f"{status // 100}xx").inc()
    SECONDS.labels(site.kind if site else "-", method if method in _METHODS else "-", named).observe(seconds)


def _app(site: Any, status: int, method: str, rule: str) -> str:
    """The place in the portal of the app that answered; nothing where nobody looked whether there is such an app.

    That is so where the request was refused, sent on to sign in, or failed.
    """
    found = status < 300 or status == 304 or (status < 400 and method not in ("GET", "HEAD"))
    if site is None or site.kind != "portal" or not found:
        return ""
    values = request.view_args or {}
    return str(values.get("app_slug") or (values.get("slug", "") if rule.startswith("/<slug>") else ""))
