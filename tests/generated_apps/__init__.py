"""Hundreds of believable apps from a seed, for tests and measurements of a catalog at size."""
