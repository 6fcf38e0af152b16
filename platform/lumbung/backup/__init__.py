"""Backup and restore: the whole platform, or one municipality, as one open archive (docs/backup.md)."""

import lumbung.backup.own_tables  # noqa: F401 - tables are declared once imported.
