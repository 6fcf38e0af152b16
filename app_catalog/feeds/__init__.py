"""Atom feeds of the hub."""
