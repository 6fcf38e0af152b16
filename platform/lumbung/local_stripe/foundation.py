"""What we take of PyPI `localstripe`: how requests are decoded, and how Stripe's test cards behave."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from multidict import MultiDict

with warnings.catch_warnings():
    # Its own application is made of functions that aiohttp would rather have asynchronous.
    warnings.simplefilter("ignore", DeprecationWarning)
    from localstripe import resources
    from localstripe.errors import UserError
    from localstripe.server import unflatten_data

# localstripe would write all that it holds to /tmp after every change, as a pickle that the next start believes.
resources.Store.dump_to_disk = lambda _store: None

__all__ = ["UserError", "decoded", "resources"]


def decoded(form: str) -> Mapping[str, Any]:
    """The parameters of a request, `a[b][0]=1` as objects and lists."""
    found = unflatten_data(MultiDict(parse_qsl(form, keep_blank_values=True)))
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}
