"""A real mail server on the loopback, and the application that sends through it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from lumbung.web.sites import LumbungFlask
from tests.lumbung.messages.post import Postbox, free_port


@pytest.fixture
def smtp_port() -> int:
    """Where the mail server is or will be."""
    return free_port()


@pytest.fixture
def postbox(smtp_port: int) -> Iterator[Postbox]:
    """A running mail server."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=smtp_port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def with_mail(app: LumbungFlask, smtp_port: int, monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    """The application with a mail server configured, running or not."""
    configured = dataclasses.replace(
        app.lumbung, smtp_url=f"smtp://127.0.0.1:{smtp_port}", mail_from="Lumbung <halo@lumbung.test>"
    )
    monkeypatch.setattr(app, "lumbung", configured)
    return app
