"""Structured filters of packages (`where`) as SQL."""
