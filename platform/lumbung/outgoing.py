"""Calls to addresses that a stranger gave (a municipality's, a browser's): only to the public internet, never into the
own network.

The name is looked up once and the connection goes to that very address, so that a name which points elsewhere a moment
later leads nowhere else. No redirection is followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from urllib.parse import urlsplit

SECONDS = 10.0
"""So long a connection may take to be made, and so long all that is said on it."""
LONGEST_ADDRESS = 2_000
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
"""All that has been given out for the public internet; other ranges lead to IPv4 addresses of the own network, by
translation (RFC 6052) or by way of older schemes."""
_PORTS = {"https": 443, "http": 80}


class AddressRefusedError(Exception):
    """An address that is never called; the message is safe to show."""


def post_json(address: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False) -> int:
    """Send JSON and return the status of the answer, which is not read further. Raises as `post` does."""
    return post(address, body, {"Content-Type": "application/json; charset=utf-8", **headers}, loopback=loopback)


def post(address: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False) -> int:
    """Send `body` and return the status of the answer, which is not read further.

    Raises AddressRefusedError for what is no https address or leads into a private network (with `loopback`, which is
    for tests, this very machine is allowed, also by http); OSError when nobody answers in ten seconds.
    """
    scheme, host, port, path = _taken_apart(address, loopback=loopback)
    found = _public_address(host, port, loopback=loopback)
    if scheme == "http" and not ipaddress.ip_address(found).is_loopback:
        raise AddressRefusedError("the address is not https")
    connection = _Pinned(host, port, found, tls=scheme == "https")
    try:
        connection.request("POST", path, body=body, headers={"User-Agent": "Lumbung", **headers})
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise ConnectionError("no answer") from error
    finally:
        connection.close()


def _taken_apart(address: str, *, loopback: bool) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (ValueError, UnicodeError):
        raise AddressRefusedError("the address cannot be read") from None
    if len(address) > LONGEST_ADDRESS or not host or parts.scheme not in ("https", *(("http",) if loopback else ())):
        raise AddressRefusedError("the address is not https")
    if parts.username or parts.password or any(ord(sign) <= 32 for sign in parts.path + parts.query):
        raise AddressRefusedError("the address cannot be read")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path.encode("ascii", "ignore").decode("ascii")


def _public_address(host: str, port: int, *, loopback: bool) -> str:
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # One private address among public ones is a trick or a mistake; both are refused.
    if not found or not all(_allowed(one, loopback=loopback) for one in found):
        raise AddressRefusedError("the address leads into a private network")
    return found[0]


def _allowed(address: str, *, loopback: bool) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    if mapped is not None:
        parsed = mapped
    if loopback and parsed.is_loopback:
        return True
    if isinstance(parsed, ipaddress.IPv6Address) and parsed not in _PUBLIC_IPV6:
        return False
    return parsed.is_global and not parsed.is_multicast


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, with the certificate of the name."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address = address
        self._tls = tls
        self._line: socket.socket | None = None
        self._limit: Timer | None = None

    def connect(self) -> None:
        """Connect to the very address that was looked at."""
        self.sock = socket.create_connection((self._address, self.port), SECONDS)
        # A server that sends a letter every few seconds would hold the worker for days.
        self._line = socket.socket(fileno=os.dup(self.sock.fileno()))
        self._limit = Timer(SECONDS, _hang_up, [self._line])
        self._limit.daemon = True
        self._limit.start()
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def close(self) -> None:
        """Close the connection; its time counts no further."""
        super().close()
        if self._limit is not None and self._line is not None:
            self._limit.cancel()
            self._line.close()


def _hang_up(line: socket.socket) -> None:
    """End a connection that somebody else is reading from."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
