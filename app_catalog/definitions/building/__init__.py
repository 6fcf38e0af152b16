"""Builds the typed model from a canonical form."""
