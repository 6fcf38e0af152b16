"""Several apps side by side."""
