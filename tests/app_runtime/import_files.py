"""Files as municipalities have them, with their faults, made the same every time; and how they are read."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from openpyxl import Workbook

from app_runtime.imports.reading import Line, read_table

CENTRE = (106.71, -6.29)
"""Tangsel."""

_WHAT = ("Banjir", "Air masuk rumah", "Genangan", "Selokan meluap", "Jalan tergenang", "Tanggul bocor")
_WHERE = ("Bintaro", "Pamulang", "Ciputat", "Serpong", "Setu", "Pondok Aren", "Jalan Merpati", "Gang Haji Nawi")
_MORE = ("tolong dibantu", "sudah dari semalam", "kendaraan tidak bisa lewat", "warga sudah mengungsi", "mohon pompa")


def flood_features(count: int, *, seed: int = 7) -> list[dict[str, Any]]:
    """Reports of a flood as a public archive has them: titles and texts missing or too long, times without a zone, some
    nearly the same, nested properties."""
    random = Random(seed)
    start = datetime(2017, 2, 20, 5, 0)  # noqa: DTZ001 - the archive states no zone, which is the point.
    features: list[dict[str, Any]] = []
    for number in range(count):
        if features and number % 17 == 0:
            features.append(_nearly_the_same(features[-1], random))
            continue
        words = [f"{random.choice(_WHAT)} di {random.choice(_WHERE)}", *random.sample(_MORE, random.randint(0, 3))]
        text = ", ".join(words) * (3 if number % 11 == 0 else 1)
        features.append(
            feature(
                (CENTRE[0] + random.uniform(-0.1, 0.1), CENTRE[1] + random.uniform(-0.1, 0.1)),
                created_at=(start + timedelta(seconds=40 * number)).isoformat(timespec="milliseconds"),
                source=random.choice(("grasp", "qlue")),
                image_url=f"https://foto.example/{number}.jpg" if number % 3 == 0 else None,
                title=random.choice((None, " ", "Banjir ", words[0])),
                report_data={"flood_depth": random.randint(5, 200)} if number % 4 == 0 else None,
                tags={"instance_region_code": "jbd", "local_area_id": str(random.randint(1, 3000))},
                text="" if number % 29 == 0 else text,
            )
        )
    return features


def feature(place: Sequence[float] | None, **properties: Any) -> dict[str, Any]:
    """One GeoJSON Feature."""
    geometry = {"type": "Point", "coordinates": list(place)} if place is not None else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def flooded(place: Sequence[float] | None, **properties: Any) -> dict[str, Any]:
    """One feature with all columns of the flood's archive, empty unless given."""
    return feature(place, **{"title": None, "text": None, "image_url": None, "created_at": None, **properties})


def geojson(features: Sequence[Any]) -> bytes:
    """A FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False).encode()


def _nearly_the_same(other: Mapping[str, Any], random: Random) -> dict[str, Any]:
    lon, lat = other["geometry"]["coordinates"]
    moved = (lon + random.uniform(-1, 1) * 1e-4, lat + random.uniform(-1, 1) * 1e-4)
    properties = {**other["properties"], "text": f"{other['properties']['text']} (lagi)"}
    return feature(moved, **properties)


def workbook(rows: Sequence[Sequence[Any]], *, title: str | None = None) -> bytes:
    """An XLSX with these rows, under a merged title when one is given."""
    book = Workbook()
    sheet = book.active
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=4)
        sheet.append([])
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes, name: str = "a.csv") -> tuple[list[str], list[Line]]:
    """The columns and all lines of a file."""
    _, table = read_table(data, name)
    return list(table.columns), list(table.lines)
