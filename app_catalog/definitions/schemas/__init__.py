"""Marshmallow schemas compiled from a definition: what records and the asks of actions accept."""

from app_catalog.definitions.schemas.records import field_schema, record_schema

__all__ = ["field_schema", "record_schema"]
