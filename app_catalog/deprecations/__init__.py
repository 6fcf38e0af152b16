"""Releases and apps whose support ends on a day, and what takes their place."""
