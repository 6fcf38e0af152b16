"""PostgreSQL: the embedded server, its three roles, and databases for tests."""
