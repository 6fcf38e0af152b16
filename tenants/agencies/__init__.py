"""Agencies of a municipality, as a tree with heads."""
