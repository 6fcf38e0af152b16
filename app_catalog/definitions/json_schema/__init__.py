"""JSON Schemas of the files of a package, made from the very shapes that the checker reads them by."""

from app_catalog.definitions.json_schema.documents import SCHEMA_NAMES, schema_name, schema_of

__all__ = ["SCHEMA_NAMES", "schema_name", "schema_of"]
