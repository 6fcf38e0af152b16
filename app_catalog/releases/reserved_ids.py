"""Ids that no app may have, because a page of the platform stands where the app's own would be."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

_PLANNED = frozenset({"improvements", "live", "me", "open311"})
"""First parts of addresses that the design gives to pages which are not built yet."""
_BESIDE_APPS = (("",), ("", "apps"), ("", "api", "v1"), ("", "api", "v1", "apps"))
"""Below these an app's id is the next part of the address."""


def reserved_ids(app: Flask) -> frozenset[str]:
    """Every fixed part of the platform's addresses that stands where an app's id could stand too."""
    return _PLANNED.union(*map(_beside_apps, (rule.rule for rule in app.url_map.iter_rules())))


def _beside_apps(address: str) -> Iterator[str]:
    parts = tuple(address.split("/"))
    for before in _BESIDE_APPS:
        if parts[: len(before)] == before and len(parts) > len(before) and "<" not in parts[len(before)]:
            yield parts[len(before)]
