"""Limits count a network: whoever has a whole one of IPv6 has one bucket."""

from __future__ import annotations

import pytest

from lumbung.limits import address_key
from lumbung.web.sites import LumbungFlask

NETWORKS = [
    ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::", "2001:db8::a:b:c:d", "2001:DB8:0::9"],
    ["2001:db8:0:1::1", "2001:db8:0:1:2:3:4:5"],
    ["::1", "::2"],
    ["203.0.113.7", "::ffff:203.0.113.7"],
    ["203.0.113.8"],
]


@pytest.mark.parametrize("addresses", NETWORKS)
def test_every_way_of_writing_an_address_of_a_network_is_one_key(app: LumbungFlask, addresses: list[str]) -> None:
    assert len({_key(app, address) for address in addresses}) == 1


def test_networks_are_told_apart(app: LumbungFlask) -> None:
    assert len({_key(app, addresses[0]) for addresses in NETWORKS}) == len(NETWORKS)


def test_what_is_no_address_is_a_key_of_its_own(app: LumbungFlask) -> None:
    assert _key(app, "fe80::1%eth0") == _key(app, "fe80::2%eth0") != _key(app, "::bukan")


def _key(app: LumbungFlask, address: str) -> str:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return address_key()
