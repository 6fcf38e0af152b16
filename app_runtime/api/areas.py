"""The districts and villages of a municipality, as programs read them."""

from __future__ import annotations

import json
from functools import lru_cache

from tenants.regions.areas import areas_of


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
