"""Addresses of pictures that old records came with, beside a files field: shown as links, never fetched."""

from __future__ import annotations

from collections.abc import Sequence

from app_runtime.records.models import Record

MOST_LINKS = 10
LONGEST_LINK = 2_000


def links_of(record: Record, field: str) -> tuple[str, ...]:
    """The addresses that are kept for a files field. Show them only to who may see the field."""
    return tuple(record.data.get(_key(field), ()))


def keep_links(record: Record, field: str, links: Sequence[str]) -> None:
    """Write the addresses of a files field; none takes them away."""
    data = {name: value for name, value in record.data.items() if name != _key(field)}
    record.data = {**data, _key(field): list(links[:MOST_LINKS])} if links else data


def _key(field: str) -> str:
    # No field can have this name: ids hold no colon.
    return f"{field}:links"
