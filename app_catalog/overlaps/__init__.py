"""Apps that do the same."""
