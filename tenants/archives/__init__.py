"""A municipality asks for its own data, as one archive."""
