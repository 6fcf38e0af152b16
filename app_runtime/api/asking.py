"""What a list is asked for: how many, after which, filtered by what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app_runtime.records.paging import LARGEST_PAGE, decode_cursor
from lumbung.errors import Invalid
from lumbung.i18n import t
from tenants.regions.areas import LONGEST_AREA, areas_of

PAGE = 20
_LONGEST_NUMBER = 200
BETWEEN = "\x1f"
"""Stands between several values of a filter: a character that none of them holds."""
GEOJSON = "application/geo+json"
_NAMES = frozenset({"limit", "after", "state", "updated_since", "bbox", "format"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as it was asked for. `values` are those of the filters named in `filters`."""

    limit: int = PAGE
    after: str | None = None
    geojson: bool = False
    filters: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)


def read_asked(
    query: MultiDict[str, str],
    *,
    choices: frozenset[str],
    areas: frozenset[str] = frozenset(),
    region_code: str = "",
    geojson: bool = False,
    parent: bool = False,
) -> Asked:
    """What the query string asks for; `choices` are the fields of the type that one may filter by, `areas` those of
    them that hold districts and villages of the municipality with this `region_code`, `parent` says that its records
    belong to others.

    Raises Invalid with every parameter that is unknown or does not fit.
    """
    if not query:
        return Asked(geojson=geojson)
    errors: dict[str, list[str]] = {}
    values = _parent(query) if parent else {}
    filters = {*values}
    for name in set(query) - ({"parent"} if parent else set()):
        try:
            if name in choices or name == "state":
                chosen = query.getlist(name)
                values[name] = _one_area(chosen, region_code) if name in areas else _one_of(chosen)
            elif name in _READERS:
                values.update(_READERS[name](query[name]))
            elif name not in _NAMES:
                raise ValueError(t("Saringan ini tidak dikenal.", "This filter is not known."))
            if name not in ("limit", "format"):
                filters.add(name)
        except ValueError as error:
            errors[name] = [str(error)]
    if query.get("format", "geojson") != "geojson":
        errors["format"] = [t("Hanya “geojson”.", "Only “geojson”.")]
    if errors:
        raise Invalid(fields=errors)
    return Asked(
        limit=values.pop("limit", PAGE),
        after=query.get("after"),
        geojson=geojson or "format" in query,
        filters=frozenset(filters),
        values=values,
    )


def _one_of(chosen: list[str]) -> str:
    names = [name for text in chosen for name in text.split(",")]
    if not all(name.replace("-", "").replace("_", "").isalnum() for name in names):
        raise ValueError(t("Nilai ini tidak sah.", "This value is not valid."))
    return BETWEEN.join(names)


def _one_area(chosen: list[str], region_code: str) -> str:
    """Texts with commas, each district with its villages."""
    if not all(text.isprintable() and len(text) <= LONGEST_AREA for text in chosen):
        raise ValueError(t("Nilai ini tidak sah.", "This value is not valid."))
    return BETWEEN.join(areas_of(region_code).with_villages(chosen))


def _parent(query: MultiDict[str, str]) -> dict[str, Any]:
    """By the parent's id, or else by its number."""
    if "parent" not in query:
        return {}
    text = query["parent"]
    try:
        return {"parent": UUID(text)}
    except ValueError:
        return {"parent_number": text[:_LONGEST_NUMBER]}


def _limit(text: str) -> dict[str, Any]:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= LARGEST_PAGE):
        raise ValueError(t("Bilangan dari 1 sampai {n}.", "A number from 1 to {n}.", n=LARGEST_PAGE))
    return {"limit": int(text)}


def _after(text: str) -> dict[str, Any]:
    try:
        moment, record_id = decode_cursor(text, (datetime, UUID))
        return {"after_at": moment, "after_id": record_id}
    except ValueError:
        raise ValueError(
            t("Ambil dari “next” halaman sebelumnya.", "Take it from “next” of the page before.")
        ) from None


def _since(text: str) -> dict[str, Any]:
    try:
        # A plus sign that was not escaped arrives as a space.
        return {"updated_since": _moment(text.replace(" ", "+"))}
    except ValueError:
        raise ValueError(
            t(
                "Waktu dengan zona, misalnya 2026-01-31T08:00:00Z.",
                "A time with its zone, such as 2026-01-31T08:00:00Z.",
            )
        ) from None


def _moment(text: str) -> datetime:
    """An instant in UTC: PostgreSQL knows fewer offsets than ISO 8601 can write. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None


def _box(text: str) -> dict[str, Any]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(t("Empat derajat: barat,selatan,timur,utara.", "Four degrees: west,south,east,north."))
    return {"west": west, "south": south, "east": east, "north": north}


_READERS: Mapping[str, Any] = {"limit": _limit, "after": _after, "updated_since": _since, "bbox": _box}
