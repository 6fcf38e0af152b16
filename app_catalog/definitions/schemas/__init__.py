"""Marshmallow schemas compiled from a definition: what records, actions and settings accept."""

from app_catalog.definitions.schemas.records import action_schema, field_schema, record_schema
from app_catalog.definitions.schemas.settings import settings_schema

__all__ = ["action_schema", "field_schema", "record_schema", "settings_schema"]
