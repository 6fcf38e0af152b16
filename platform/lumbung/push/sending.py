"""Handing a text to a browser's push service (RFC 8030), readable by that browser alone (RFC 8291)."""

from __future__ import annotations

import os
from dataclasses import dataclass

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import VapidException

from lumbung.outbox import GiveUp
from lumbung.outgoing import AddressRefusedError, post
from lumbung.push.keys import VapidKey, decode
from lumbung.push.resting import answering

LONGEST_TEXT = 2_000
"""Bytes of a text before it is encrypted; push services must take 4,096 after it (RFC 8030, section 7.2)."""
_KEPT_SECONDS = 24 * 3600
_AGAIN = (408, 425, 429)
_GONE = (404, 410)


class DeviceGoneError(Exception):
    """Nothing can ever be sent to the subscription: its push service knows it no longer (the person took the permission
    back, or the browser went), or its address is none that may be called. Says which."""


@dataclass(frozen=True)
class Subscription:
    """A browser as its push service knows it: where to post, its public key and the secret that both share."""

    endpoint: str
    p256dh: str
    auth: str

    def checked(self) -> Subscription:
        """The same one. Raises ValueError when its keys are none, or the address is not https."""
        point, secret = decode(self.p256dh), decode(self.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        if len(point) != 65 or len(secret) != 16:
            raise ValueError("These are no keys of a subscription.")
        return self


def push(
    subscription: Subscription, text: bytes, *, key: VapidKey, contact: str, topic: str, loopback: bool = False
) -> None:
    """Send `text`; returns when the push service has taken it. A text of the same `topic` (up to 32 letters of
    base64url) that waits there still is replaced (RFC 8030, section 5.4), so that a repeat is no second one.

    Raises DeviceGoneError for a subscription that is over, GiveUp when it can never succeed, OSError to be tried again.
    """
    sealed = http_ece.encrypt(
        text,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode(subscription.p256dh),
        auth_secret=decode(subscription.auth),
        version="aes128gcm",
    )
    try:
        stated = key.authorization(subscription.endpoint, contact=contact)
    except VapidException as error:
        raise GiveUp("the address is none of a push service") from error
    headers = {
        "Authorization": stated,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_KEPT_SECONDS),
        "Topic": topic,
        "Urgency": "normal",
    }
    try:
        with answering(subscription.endpoint):
            status = post(subscription.endpoint, sealed, headers, loopback=loopback)
    except AddressRefusedError as refusal:
        raise DeviceGoneError(str(refusal)) from refusal
    if status in _GONE:
        raise DeviceGoneError("device is gone")
    if 400 <= status < 500 and status not in _AGAIN:
        raise GiveUp(f"the push service answered {status}")
    if not 200 <= status < 300:
        raise OSError(status, "not taken")
