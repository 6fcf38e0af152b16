"""Settings from the environment: safe defaults, and one clear line for what cannot be used."""

from __future__ import annotations

import pytest

from lumbung.settings import Settings, SettingsError

GIVEN = {"DATABASE_URL": "postgresql+psycopg://a@b/c", "SECRET_KEY": "k" * 32}


def test_what_is_not_said_is_safe() -> None:
    settings = Settings.from_environment(GIVEN)
    assert settings.trusted_proxies == 0
    assert settings.smtp_url is None
    assert settings.hub_host == "localhost:8000"
    assert not settings.testing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("SECRET_KEY", ""),
        ("BASE_URL", "lumbung.example.org"),
        ("BASE_URL", "ftp://lumbung.example.org"),
        ("TRUSTED_PROXIES", "one"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "²"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**GIVEN, name: value})
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
