"""Calling `/api/v1` of a portal on which SIARAN runs."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.test import TestResponse

from tests.browsing import Browser

LIST = "/api/v1/siaran/report"
LAMP = {"title": "Lampu jalan mati", "category": "street-light", "place": [106.71, -6.29]}


def send(program: Browser, values: Any = LAMP, **headers: str) -> TestResponse:
    """Send a record in."""
    return program.open("POST", LIST, data=json.dumps(values), content_type="application/json", headers=headers)
