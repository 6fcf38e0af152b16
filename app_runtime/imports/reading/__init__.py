"""One room per format: each turns bytes into columns and lines, within caps, and runs nothing that a file says."""

from app_runtime.imports.reading.opening import FORMATS, read_table, settle_format
from app_runtime.imports.reading.tables import MOST_COLUMNS, MOST_LINES, Line, Table

__all__ = ["FORMATS", "MOST_COLUMNS", "MOST_LINES", "Line", "Table", "read_table", "settle_format"]
