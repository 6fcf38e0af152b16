"""The test double of Stripe beside web and worker."""

import os
from pathlib import Path

import pytest
import requests
import stripe

from lumbung.supervisor import SupervisorSettings
from lumbung.supervisor.lan import self_signed_certificate
from lumbung.supervisor.stripe_double import wants_stripe_double, with_stripe_double
from tests.lumbung.supervisor.running import unused_port, wait_until


@pytest.fixture
def settings(tmp_path: Path) -> SupervisorSettings:
    return SupervisorSettings(instance=tmp_path, port=unused_port(), stripe_double=True)


def test_it_runs_only_where_it_was_asked_for_and_no_real_key_is_set(tmp_path: Path) -> None:
    asked = SupervisorSettings(instance=tmp_path, stripe_double=True)
    assert wants_stripe_double(asked, {})
    assert not wants_stripe_double(asked, {"STRIPE_SECRET_KEY": "sk_live_sungguhan"})
    assert not wants_stripe_double(SupervisorSettings(instance=tmp_path), {})


def test_its_keys_and_port_are_kept(settings: SupervisorSettings) -> None:
    environment = {"BASE_URL": f"http://localhost:{settings.port}"}
    first, _ = with_stripe_double(settings, environment, None)
    again, child = with_stripe_double(settings, environment, None)
    assert again == first
    assert first["STRIPE_CHECKOUT_ORIGIN"].startswith("http://localhost:")
    assert f"http://127.0.0.1:{settings.port}/stripe/events" in child.command
    assert first["STRIPE_SECRET_KEY"] not in " ".join(child.command)
    assert {file.stat().st_mode & 0o777 for file in (settings.instance / "stripe-double").glob("*e[yt]")} == {0o600}


def test_it_answers_and_phones_in_the_network_reach_its_pages_alone(tmp_path: Path) -> None:
    certificate = self_signed_certificate(tmp_path / "lan", host="localhost", address="127.0.0.1")
    settings = SupervisorSettings(instance=tmp_path, port=unused_port(), host="127.0.0.1", lan=True, stripe_double=True)
    surroundings = {**os.environ, "BASE_URL": f"https://localhost:{settings.port}"}
    environment, child = with_stripe_double(settings, surroundings, certificate)
    base, pages = environment["STRIPE_API_BASE"], environment["STRIPE_CHECKOUT_ORIGIN"]
    child.start(environment)
    try:
        assert wait_until(lambda: _answers(f"{base}/_config"))
        api = stripe.StripeClient(environment["STRIPE_SECRET_KEY"], base_addresses={"api": base}).v1
        assert api.balance.retrieve().livemode is False
        assert pages.startswith("https://localhost:")
        trusted = str(certificate.certificate)
        assert wait_until(lambda: _answers(f"{pages}/c/pay/none", trusted))
        assert "Stripe tiruan" in requests.get(f"{pages}/c/pay/none", verify=trusted, timeout=5).text
        for hidden in ("/_config", "/v1/balance"):
            refused = requests.get(f"{pages}{hidden}", verify=trusted, timeout=5)
            assert refused.status_code == 404, hidden
    finally:
        child.stop()


def _answers(url: str, trusted: str | bool = True) -> bool:
    try:
        return requests.get(url, verify=trusted, timeout=2).status_code < 500
    except requests.ConnectionError:
        return False
