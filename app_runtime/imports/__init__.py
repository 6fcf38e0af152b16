"""Bringing in old records from files: CSV, XLSX and GeoJSON, with a mapping, a preview and a report."""
