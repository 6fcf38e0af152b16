"""Which Lumbung this is."""

from importlib.metadata import version

VERSION = version("lumbung")
"""SemVer, as setup.cfg says; packages name a range of it under `requires`."""
