"""A local Stripe for the tests of it, and the official SDK as its client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from lumbung.local_stripe import API_VERSION, LocalStripe


@pytest.fixture(scope="session")
def running_double() -> Iterator[LocalStripe]:
    with LocalStripe() as double:
        yield double


@pytest.fixture
def double(running_double: LocalStripe) -> LocalStripe:
    """The double, empty."""
    running_double.reset()
    return running_double


def client_of(double: LocalStripe, *, key: str | None = None, retries: int = 0, version: str | None = None) -> Any:
    """The official SDK, speaking with the double; untyped, because tests send wrong things too."""
    return stripe.StripeClient(
        key or double.key,
        base_addresses={"api": double.base},
        max_network_retries=retries,
        stripe_version=version or API_VERSION,
    ).v1


@pytest.fixture
def api(double: LocalStripe) -> Any:
    return client_of(double)
