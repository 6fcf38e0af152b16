"""The double as a process of its own: what it keeps, and whom it answers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.local_stripe.server import Server
from lumbung.local_stripe.world import World
from tests.lumbung.local_stripe.buying import checkout
from tests.lumbung.supervisor.running import unused_port

KEY = "sk_test_proses"


@contextmanager
def _running(state: Path, port: int) -> Iterator[Any]:
    command = [sys.executable, "-m", "lumbung.local_stripe", "--port", str(port), "--state", str(state)]
    environment = os.environ | {"STRIPE_SECRET_KEY": KEY, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment) as process:
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                try:
                    requests.get(f"http://127.0.0.1:{port}/_config", timeout=1)
                    break
                except requests.ConnectionError:
                    time.sleep(0.05)
            yield stripe.StripeClient(KEY, base_addresses={"api": f"http://127.0.0.1:{port}"}).v1
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def test_monthly_payments_survive_a_restart_and_are_made_up_for_once(tmp_path: Path) -> None:
    state, port = tmp_path / "state.json", unused_port()
    with _running(state, port) as api:
        made = checkout(api, monthly=True)
        handle = f"http://127.0.0.1:{port}/_config/pay/{made.id}"
        assert requests.post(handle, data={"card": "4242"}, timeout=5).status_code == 415
        session = requests.post(handle, json={}, timeout=5).json()
    assert state.stat().st_mode & 0o777 == 0o600
    kept = json.loads(state.read_text("utf-8"))
    # As if it had been off for two months and a bit.
    kept["ahead"] = 63 * 86_400
    state.write_text(json.dumps(kept), "utf-8")
    for _ in range(2):
        world = World(key=KEY)
        server = Server(world, state=state)
        server.catch_up()
        server.save()
        assert len(world.table("invoice")) == 3
        subscription = world.get("subscription", session["subscription"])
        (item,) = subscription["items"]["data"]
        assert item is world.table("subscription_item")[item["id"]]
        assert item["current_period_end"] > world.now()


def test_localstripe_writes_no_pickle(double: LocalStripe, api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    monkeypatch.setattr("pickle.dump", lambda *given, **_: written.append(given))
    double.pay(checkout(api).id)
    assert written == []


def test_an_unreadable_state_is_put_aside(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{", "utf-8")
    assert Server(World(key=KEY), state=state).world.tables == {}
    assert (tmp_path / "state.unreadable").read_text("utf-8") == "{"


def test_the_handles_answer_this_machine_alone(double: LocalStripe) -> None:
    moved = requests.post(f"{double.base}/_config/clock", json={"advance": 60}, timeout=5).json()
    assert abs(moved["now"] - time.time() - 60) < 5
    back = requests.post(f"{double.base}/_config/clock", json={"advance": -60}, timeout=5)
    assert back.status_code == 400
    unknown = requests.post(f"{double.base}/_config/faults", json={"kind": "fire"}, timeout=5)
    assert unknown.status_code == 400


def test_no_page_of_the_web_turns_its_handles(double: LocalStripe) -> None:
    reset = f"{double.base}/_config/reset"
    assert requests.post(reset, timeout=5).status_code == 415
    assert requests.post(reset, headers={"Content-Type": "text/plain"}, timeout=5).status_code == 415
    # A name of the attacker's that leads here by now: to the browser its page is of the same origin.
    named = {"Host": "jahat.example:8001"}
    assert requests.post(reset, json={}, headers=named, timeout=5).status_code == 403
    assert requests.get(f"{double.base}/_config", headers=named, timeout=5).status_code == 403
    assert requests.post(reset, json={}, timeout=5).status_code == 200
