"""Structural differences between two versions of an app, by name and not by position."""

from app_catalog.definitions.differences.comparing import Bump, bump_between, compare, heaviest, least_bump
from app_catalog.definitions.differences.model import WEIGHTS, Area, Change, Difference, Property, Weight

__all__ = [
    "WEIGHTS",
    "Area",
    "Bump",
    "Change",
    "Difference",
    "Property",
    "Weight",
    "bump_between",
    "compare",
    "heaviest",
    "least_bump",
]
