"""Settings are kept in memory for a minute, because an archive may put another past in their place."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations import effective
from app_catalog.installations.definitions import definition_by_digest
from lumbung.db import now, set_clock, use_tenant
from tests.siaran import enable_siaran
from tests.world import World


def test_settings_of_an_archive_hold_within_a_minute(
    session: scoped_session[Session], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = enable_siaran(session, world, respond_within="PT24H")
    use_tenant(session, world.tangsel.id)
    definition = definition_by_digest(session, installation.definition_digest)

    def hours() -> Any:
        return effective.installed_settings(session, installation, definition)["respond_within"]

    with set_clock(now() + timedelta(minutes=2)):
        assert hours() == "PT24H"
        # The same version with other values: what an archive leaves that was made before this version.
        put_back = SimpleNamespace(
            overrides={"respond_within": "PT72H"}, sealed={}, created_at=now() - timedelta(days=1)
        )
        monkeypatch.setattr(effective, "settings_at", lambda *_: put_back)
        assert hours() == "PT24H"
        later = time.monotonic() + 61
        monkeypatch.setattr("app_catalog.installations.effective.time.monotonic", lambda: later)
        assert hours() == "PT72H"
        monkeypatch.setattr(effective, "settings_at", lambda *_: pytest.fail("asked again"))
        assert hours() == "PT72H"
