"""Lists of records as files: CSV, Excel and GeoJSON, with the rights of who asks and no more."""
