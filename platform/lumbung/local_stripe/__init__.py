"""A local test double of Stripe, for tests and the demonstration: no real money, no internet.

It stands on PyPI `localstripe` (GPL-3, a dependency of development only): its decoding of requests, and its knowledge
of Stripe's test cards. localstripe speaks older versions of the API, so the objects here are our own: they have the
shapes of the version that the official SDK pins (`API_VERSION`), and every parameter that is not known is refused.
Nothing that runs in production imports this package.
"""

from lumbung.local_stripe.in_process import LocalStripe
from lumbung.local_stripe.world import API_VERSION

__all__ = ["API_VERSION", "LocalStripe"]
