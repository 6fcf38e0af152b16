"""Events on their way: signed, at once, again while they are not taken, and held back."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.supervisor.lan import self_signed_certificate
from tests.lumbung.local_stripe.buying import checkout
from tests.lumbung.local_stripe.conftest import client_of


class Hub(ThreadingHTTPServer):
    """Takes webhooks as Lumbung does: by the official SDK, and only while `status` is 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status = 200
        self.hosts: list[str] = []
        self.taken: list[str] = []

    def wait_for(self, number: int) -> list[str]:
        deadline = time.monotonic() + 5
        while len(self.taken) < number and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.taken


class _Taking(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = stripe.Webhook.construct_event(body.decode(), self.headers["Stripe-Signature"], "whsec_uji")
        self.server.hosts.append(self.headers["Host"])
        if self.server.status == 200:
            self.server.taken.append(event.type)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def sending(hub: Hub) -> Iterator[LocalStripe]:
    address = f"http://127.0.0.1:{hub.server_port}/stripe/events"
    with LocalStripe(webhook=address, webhook_secret="whsec_uji", webhook_host="hub.localhost:8000") as double:
        yield double


def test_events_arrive_signed_with_the_hubs_name(hub: Hub, sending: LocalStripe) -> None:
    sending.pay(checkout(client_of(sending)).id)
    assert hub.wait_for(6)[-1] == "checkout.session.completed"
    assert set(hub.hosts) == {"hub.localhost:8000"}
    completed = sending.events("checkout.session.completed")[0]
    assert sending.deliver(completed["id"]) == [200]
    assert hub.taken.count("checkout.session.completed") == 2
    assert sending.undelivered() == []


def test_what_is_not_taken_is_sent_again(hub: Hub, sending: LocalStripe) -> None:
    hub.status = 503
    client_of(sending).customers.create({"name": "Satu"})
    deadline = time.monotonic() + 20
    while not any(one["tries"] for one in sending.undelivered()) and time.monotonic() < deadline:
        time.sleep(0.01)
    (waiting,) = sending.undelivered()
    assert (waiting["answer"], waiting["type"]) == (503, "customer.created")
    failed = client_of(sending).events.list({"delivery_success": False}).data
    assert [event.pending_webhooks for event in failed] == [1]
    hub.status = 200
    assert hub.wait_for(1) == ["customer.created"]
    # The answer reaches the double a moment after the event has reached the hub.
    while sending.undelivered() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sending.undelivered() == []


def test_deliveries_can_be_held_back(hub: Hub, sending: LocalStripe) -> None:
    sending.pause()
    client_of(sending).customers.create({"name": "Satu"})
    time.sleep(0.1)
    assert hub.taken == []
    sending.pause(paused=False)
    assert hub.wait_for(1) == ["customer.created"]


def test_only_wanted_kinds_are_sent(hub: Hub, double: LocalStripe, api: Any) -> None:
    made = api.webhook_endpoints.create(
        {"url": f"http://127.0.0.1:{hub.server_port}/", "enabled_events": ["product.created"]}
    )
    assert made.secret.startswith("whsec_")
    assert getattr(api.webhook_endpoints.list().data[0], "secret", None) is None
    double.pause()
    api.customers.create({"name": "Satu"})
    api.products.create({"name": "Dua"})
    assert [one["type"] for one in double.undelivered()] == ["product.created"]
    assert api.webhook_endpoints.delete(made.id).deleted is True
    assert double.undelivered() == []


def test_the_hubs_own_certificate_in_the_local_network_is_good_enough(hub: Hub, tmp_path: Path) -> None:
    made = self_signed_certificate(tmp_path, host="192-168-1-5.sslip.io", address="192.168.1.5")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate, made.key)
    hub.socket = context.wrap_socket(hub.socket, server_side=True)
    address = f"https://127.0.0.1:{hub.server_port}/stripe/events"
    with LocalStripe(webhook=address, webhook_secret="whsec_uji", webhook_host="192-168-1-5.sslip.io:8000") as double:
        client_of(double).customers.create({"name": "Satu"})
        assert hub.wait_for(1) == ["customer.created"]
    assert hub.hosts == ["192-168-1-5.sslip.io:8000"]
