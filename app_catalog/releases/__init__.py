"""Apps and their frozen releases."""
