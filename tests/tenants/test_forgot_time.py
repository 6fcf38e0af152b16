"""Asking for a new password tells nothing about who has an account, not even by the clock."""

from __future__ import annotations

import dataclasses
import time

import pytest

from lumbung.web.sites import LumbungFlask
from tenants.accounts.views import FORGOT_TAKES
from tests.browsing import browse, csrf_token
from tests.world import World


def test_known_and_unknown_addresses_take_the_same_time(
    app: LumbungFlask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, smtp_url="smtp://127.0.0.1:1"))
    browser = browse(app)
    token = csrf_token(browser.get("/forgot").text)
    answers = set()
    for email in (world.stranger.email, "tidak-ada@contoh.id"):
        began = time.monotonic()
        answer = browser.post("/forgot", {"email": email, "csrf_token": token})
        assert time.monotonic() - began >= FORGOT_TAKES
        answers.add((answer.status_code, answer.location))
    assert answers == {(303, "/check-mail?why=reset")}
