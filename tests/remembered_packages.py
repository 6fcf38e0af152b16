"""Reading one and the same sound package once per run of the suite: hundreds of tests publish SIARAN."""

from __future__ import annotations

import hashlib

from app_catalog.definitions.source import Source
from app_catalog.releases import reading, submission
from app_catalog.releases.reading import Package, PackageRefused

READ = reading.read_package_source
KNOWN: dict[bytes, Package] = {}


def read_remembered(source: Source) -> Package | PackageRefused:
    """What the real reader says of these files; a sound package is the same object each time: nothing changes it."""
    digest = hashlib.sha256()
    for name, content in sorted(source.files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    key = digest.digest()
    if key in KNOWN:
        return KNOWN[key]
    read = READ(source)
    if isinstance(read, Package):
        KNOWN[key] = read
    return read


def remember_packages() -> None:
    """Let everything that is submitted be read once; what is refused is read each time."""
    for module in (reading, submission):
        module.__dict__["read_package_source"] = read_remembered
