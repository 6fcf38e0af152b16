"""Addresses of mail servers, as operators write them into SMTP_URL."""

from __future__ import annotations

from typing import Any

import pytest

from lumbung.messages.smtp import SmtpServer
from lumbung.settings import SettingsError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, None, False, False)),
        ("smtp://localhost:1025", ("localhost", 1025, None, False, False)),
        ("smtp://u:p%40ss@mail.example:587?starttls=1", ("mail.example", 587, "p@ss", False, True)),
        ("smtp://u:p@mail.example", ("mail.example", 587, "p", False, True)),
        ("smtp://u:p@mail.example?starttls=0", ("mail.example", 25, "p", False, False)),
        ("smtps://u:p@mail.example", ("mail.example", 465, "p", True, False)),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_reach_it(url: str, expected: tuple[Any, ...]) -> None:
    server = SmtpServer.from_url(url)
    assert (server.host, server.port, server.password, server.tls, server.starttls) == expected
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example:25", "smtp://mail:port"])
def test_an_unusable_address_of_a_mail_server_is_one_clear_line(url: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL"):
        SmtpServer.from_url(url)
