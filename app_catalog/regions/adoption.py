"""Where apps are used: municipalities that say so in public, by province, and the provinces as tiles of a map."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select

from app_catalog.installations.models import Adoption
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality
from tenants.regions.reference import provinces, regencies

PLACES = MappingProxyType(
    {
        "11": (0, 0), "12": (1, 1), "14": (2, 2), "21": (3, 1), "13": (1, 2), "15": (2, 3), "17": (1, 3), "16": (2, 4),
        "19": (3, 3), "18": (2, 5), "36": (3, 6), "31": (4, 6), "32": (4, 7), "33": (5, 7), "34": (5, 8), "35": (6, 7),
        "51": (6, 8), "52": (7, 8), "53": (8, 8), "61": (5, 2), "62": (6, 3), "63": (7, 4), "64": (7, 2), "65": (7, 1),
        "71": (11, 1), "75": (10, 1), "72": (9, 2), "76": (9, 3), "73": (9, 4), "74": (10, 4), "82": (12, 2),
        "81": (12, 4), "96": (13, 2), "92": (14, 3), "94": (15, 4), "91": (16, 3), "95": (16, 4), "93": (16, 5),
    }
)  # fmt: skip
"""Column and row of each province's tile: neighbours stand near one another, borders are not drawn (ADR 14)."""
TILE, GAP = 56, 4
WESTERN = 9
"""How many columns the western half has: on a phone the halves stand one below the other."""
COLUMNS = 1 + max(column for column, _ in PLACES.values())
ROWS = 1 + max(row for _, row in PLACES.values())
_STEPS = (0, 0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class ProvinceUse:
    """A province: how many regions it has, how many of these say in public that they run something (or the app), and
    how many services run there. `x` and `y` are the tile's corner; `step` from 0 (nobody) to 4 shades it."""

    code: str
    name: str
    regions: int
    using: int
    services: int
    x: int
    y: int

    @property
    def step(self) -> int:
        """The shade, by the share of its regions."""
        return sum(self.using / self.regions > least for least in _STEPS) if self.using else 0


def use_by_province(session: AnySession, app: App | None = None) -> list[ProvinceUse]:
    """Every province by code; with an app only who runs that one. What suspended municipalities said counts nothing."""
    statement = (
        select(Municipality.region_code)
        .join(Adoption, Adoption.tenant_id == Municipality.id)
        .join(App, App.id == Adoption.app_id)
        .where(Adoption.ended_at.is_(None), Municipality.status != "suspended", App.hidden_at.is_(None))
    )
    if app is not None:
        statement = statement.where(Adoption.app_id == app.id)
    by_region = Counter(session.scalars(statement))
    using = Counter(code[:2] for code in by_region)
    services: Counter[str] = Counter()
    for code, number in by_region.items():
        services[code[:2]] += number
    regions = Counter(region.province_code for region in regencies().values())
    return [
        ProvinceUse(
            code=code,
            name=province.name,
            regions=regions[code],
            using=using[code],
            services=services[code],
            x=PLACES[code][0] * (TILE + GAP),
            y=PLACES[code][1] * (TILE + GAP),
        )
        for code, province in sorted(provinces().items())
    ]
