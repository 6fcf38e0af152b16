"""A municipality that stores files, on an empty disk."""

from __future__ import annotations

import pytest

from lumbung.db import use_tenant
from lumbung.web.sites import LumbungFlask
from tests.lumbung.files.documents import Db, on_disk
from tests.world import World


@pytest.fixture
def tangsel(session: Db, world: World) -> World:
    """The session works in Tangsel."""
    use_tenant(session, world.tangsel.id)
    return world


@pytest.fixture(autouse=True)
def _empty_disk(app: LumbungFlask) -> None:
    for path in on_disk(app):
        path.unlink()
