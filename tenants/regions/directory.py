"""Regions with the municipality behind each, if it takes part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality
from tenants.municipalities.services import list_municipalities
from tenants.regions.reference import Province, Regency, provinces, regencies, search_regencies


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """A region, and its municipality when it takes part."""

    region: Regency
    municipality: Municipality | None


@dataclass(frozen=True)
class RegionList:
    """What the page of regions shows: those found or of one province, who takes part, and provinces with counts.

    `entries` is None when nothing was asked for. `counts` gives for each province how many regions it has and how many
    of them take part.
    """

    entries: list[RegionEntry] | None
    participants: list[RegionEntry]
    counts: list[tuple[Province, int, int]]
    province: Province | None


def list_regions(session: AnySession, *, query: str = "", province_code: str = "") -> RegionList:
    """The regions that `query` finds, else those of a province; an unknown province is as good as none."""
    here = {code: found for code, found in list_municipalities(session).items() if found.status != "suspended"}
    province = provinces().get(province_code)
    chosen: Iterable[Regency] | None = None
    if query.strip():
        chosen = search_regencies(query, limit=60)
    elif province is not None:
        chosen = (region for region in regencies().values() if region.province_code == province.code)
    total = Counter(region.province_code for region in regencies().values())
    joined = Counter(code[:2] for code in here)
    return RegionList(
        entries=None if chosen is None else [RegionEntry(region, here.get(region.code)) for region in chosen],
        participants=[RegionEntry(regencies()[code], found) for code, found in here.items() if code in regencies()],
        counts=[(found, total[found.code], joined[found.code]) for found in provinces().values()],
        province=None if query.strip() else province,
    )
