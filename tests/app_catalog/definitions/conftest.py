"""SIARAN as the tests of the package format use it."""

from pathlib import Path

import pytest

from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.model import Definition
from app_catalog.definitions.source import load_folder

SIARAN = Path(__file__).parents[2] / "packages" / "siaran-0.9.0"


@pytest.fixture(scope="session")
def siaran_folder() -> Path:
    return SIARAN


@pytest.fixture(scope="session")
def siaran_files() -> dict[str, bytes]:
    return dict(load_folder(SIARAN).files)


@pytest.fixture(scope="session")
def siaran() -> Definition:
    return compile_definition(canonicalise(load_folder(SIARAN)))
