"""The districts and villages of a municipality, as programs read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lumbung.i18n import t
from tenants.regions.areas import areas_of

AREAS_PATH = "/api/v1/areas"
_TEXT = {"type": "string"}
_AREA = {"code": _TEXT, "name": _TEXT, "text": _TEXT}


@lru_cache(maxsize=32)
def areas_document(region_code: str) -> bytes:
    """JSON: the districts in the order of their codes, each with its villages; `text` is what a field holds."""
    districts = [
        {
            "code": district.code,
            "name": district.name,
            "text": district.name,
            "villages": [{"code": one.code, "name": one.name, "text": one.text} for one in district.villages],
        }
        for district in areas_of(region_code).districts
    ]
    return json.dumps({"region_code": region_code, "districts": districts}, ensure_ascii=False).encode()


def areas_operation() -> dict[str, Any]:
    """How the list is described for tools."""
    village = {"type": "object", "properties": _AREA}
    district = {"type": "object", "properties": {**_AREA, "villages": _several(village)}}
    schema = {"type": "object", "properties": {"region_code": _TEXT, "districts": _several(district)}}
    return {
        "summary": t("Kecamatan, kelurahan, dan desa daerah ini", "Districts and villages of this municipality"),
        "description": t(
            "“text” adalah nilai isian jenis wilayah.", "“text” is the value of a field that holds an area."
        ),
        "operationId": "list-areas",
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": schema}}},
            "304": {"description": t("Tidak berubah", "Not modified")},
        },
    }


def area_filter(label: str) -> str:
    """How a filter by a field of areas is described, after the field's label."""
    told = t(
        "satu “text” atau lebih (diulang); kecamatan menemukan juga kelurahan dan desanya.",
        "one “text” or more (repeated); a district finds its villages too.",
    )
    return f"{label}: {told}"


def _several(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
