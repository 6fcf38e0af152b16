"""Stars and words, and the maintainer's public reply."""
