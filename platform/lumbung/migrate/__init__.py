"""Schema migrations: alembic run by the migrator, row-level security with every table."""
