"""Addresses that a listing may lead to. They are looked at by their form; nothing is fetched."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from app_catalog.definitions.publiccode.values import is_web_address

MAX_ADDRESS = 500
_INSIDE = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home", "corp", "arpa", "onion"}
)
"""Last parts of names that a browser on the open web finds nothing under."""
_HEXADECIMAL = re.compile("0x[0-9a-f]*")


def public_address(written: str) -> str | None:
    """The address, or None when a catalog may not lead there.

    Only https, to a host by its public name, without a person's name or password in it: what looks like one site and
    opens another, and what only its owner's network knows, is of no use to a municipality.
    """
    if not written.isascii() or len(written) > MAX_ADDRESS or not is_web_address(written):
        return None
    parts = urlsplit(written)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or "@" in parts.netloc or "." not in host or _is_number(host):
        return None
    if host.rsplit(".", 1)[1] in _INSIDE:
        return None
    return written


def _is_number(host: str) -> bool:
    """Whether browsers take the host for an address of the network: its last part is a number, hexadecimal too (URL
    standard, "ends in a number")."""
    try:
        ip_address(host)
    except ValueError:
        last = host.rsplit(".", 1)[1]
        return last.isdigit() or _HEXADECIMAL.fullmatch(last) is not None
    return True
