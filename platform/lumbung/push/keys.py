"""The key by which push services know this platform (RFC 8292)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app
from py_vapid import Vapid02, VapidException

from lumbung.db.clock import now
from lumbung.settings import Settings, SettingsError

_VALID = timedelta(hours=12)
"""Push services take no statement that holds for longer than a day."""


@dataclass(frozen=True)
class VapidKey:
    """The platform's key. `public` is what browsers subscribe with: an uncompressed point of P-256 in base64url."""

    public: str
    private: str = field(repr=False)

    @classmethod
    def from_private(cls, private: str) -> VapidKey:
        """The pair of a private key, 32 bytes in base64url. Raises SettingsError when it is none."""
        try:
            point = _opened(private).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        except (ValueError, VapidException) as error:
            raise SettingsError(
                "VAPID_PRIVATE_KEY tidak dapat dipakai; `lumbung push-key` membuat yang baru. / "
                "VAPID_PRIVATE_KEY cannot be used; `lumbung push-key` makes one."
            ) from error
        return cls(public=encode(point), private=private)

    def authorization(self, endpoint: str, *, contact: str) -> str:
        """The header Authorization for the push service of `endpoint`; `contact` is whom it may write to."""
        parts = urlsplit(endpoint)
        claims = {
            "sub": f"mailto:{contact}",
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now() + _VALID).timestamp()),
        }
        return str(_opened(self.private).sign(claims)["Authorization"])


def make_private_key() -> str:
    """A new private key as VAPID_PRIVATE_KEY holds it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(32, "big"))


def vapid_key() -> VapidKey | None:
    """The platform's key, or None when it has none. Raises SettingsError when it cannot be used."""
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return _pair(settings.vapid_private_key) if settings.vapid_private_key else None


def public_key() -> str:
    """What browsers subscribe with, for pages; empty when the platform has no key."""
    key = vapid_key()
    return key.public if key else ""


def encode(raw: bytes) -> str:
    """Bytes in base64url without padding, as all of web push writes them."""
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def decode(text: str) -> bytes:
    """What `encode` was given. Raises ValueError for what is no base64url."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


@lru_cache(maxsize=4)
def _pair(private: str) -> VapidKey:
    return VapidKey.from_private(private)


def _opened(private: str) -> Vapid02:
    raw = decode(private)
    if len(raw) != 32:
        raise ValueError("A private key has 32 bytes.")
    return Vapid02.from_raw(encode(raw).encode())
