"""Addresses that messages lead to, on the municipality's own portal."""

from __future__ import annotations

from uuid import UUID

from tenants.municipalities.addresses import municipality_origin
from tenants.municipalities.models import Municipality

TRACK_PATH = "/track/{code}"
OWN_RECORD_PATH = "/track/mine/{record_id}"
RECORD_PATH = "/work/{record_id}"


def track_link(municipality: Municipality, code: str) -> str:
    """Where a reporter follows the record."""
    return municipality_origin(municipality) + TRACK_PATH.format(code=code)


def own_record_link(municipality: Municipality, record_id: UUID) -> str:
    """Where whoever made the record with an account follows it; asks for signing in first."""
    return municipality_origin(municipality) + OWN_RECORD_PATH.format(record_id=record_id)


def record_link(municipality: Municipality, record_id: UUID) -> str:
    """Where an official works on the record; asks for signing in first."""
    return municipality_origin(municipality) + RECORD_PATH.format(record_id=record_id)
