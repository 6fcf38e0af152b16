"""Figures counted from records."""
