"""Secrets at rest: envelope encryption with key id and place as associated data, and a blind index (ADR
0016).

Each value has a data key of its own, wrapped by a key-encryption key that is derived from `SECRET_KEY`. A
value moved to another row, or altered, does not decrypt. When `SECRET_KEY` changes, the old one goes to
`FORMER_SECRET_KEYS`; values encrypted under it stay readable and are renewed when they are written again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_VERSION = "1"
_NONCE = 12
_KEY = 32
_WRAPPED = _NONCE + _KEY + 16


class UndecryptableError(Exception):
    """A value was altered, belongs to another place, or its key is gone."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """The key that encrypts, and the former ones that still decrypt."""

    current: str
    keys: dict[str, bytes]
    index_key: bytes

    @classmethod
    def from_secrets(cls, secret_key: str, former: Sequence[str] = ()) -> KeyRing:
        """The ring of a `SECRET_KEY` and of those that it replaced. The blind index follows the first of all,
        so that it survives a change: list former keys from the newest to the oldest."""
        keys = {}
        for secret in (secret_key, *former):
            key = _derive(secret, b"lumbung key-encryption key")
            keys[_key_id(key)] = key
        oldest = former[-1] if former else secret_key
        return cls(current=next(iter(keys)), keys=keys, index_key=_derive(oldest, b"lumbung blind index"))

    def encrypt(self, plain: str, *, context: str) -> str:
        """`plain` as an ASCII token that only decrypts in the same `context`."""
        data_key = AESGCM.generate_key(bit_length=256)
        wrapped = _seal(self.keys[self.current], data_key, _associated(self.current, context))
        body = _seal(data_key, plain.encode(), _associated(self.current, context))
        return f"{_VERSION}.{self.current}.{_encode(wrapped + body)}"

    def decrypt(self, token: str, *, context: str) -> str:
        """What `encrypt` was given. Raises UndecryptableError when token, context or key do not fit."""
        try:
            version, key_id, encoded = token.split(".")
            if version != _VERSION:
                raise UndecryptableError
            raw = _decode(encoded)
            associated = _associated(key_id, context)
            data_key = _open(self.keys[key_id], raw[:_WRAPPED], associated)
            return _open(data_key, raw[_WRAPPED:], associated).decode()
        except (ValueError, KeyError, InvalidTag) as error:
            raise UndecryptableError from error

    def blind_index(self, value: str, *, context: str) -> str:
        """A keyed digest by which equal values can be found without reading them (64 hex digits)."""
        return hmac.digest(self.index_key, _associated(context, value), "sha256").hex()


def encrypt(plain: str, *, context: str) -> str:
    """`plain` encrypted for one place; `context` names it, such as `records:<tenant>:<id>:nik`."""
    return _key_ring().encrypt(plain, context=context)


def decrypt(token: str, *, context: str) -> str:
    """What `encrypt` was given for the same context. Raises UndecryptableError when token, context or key
    do not fit."""
    return _key_ring().decrypt(token, context=context)


def blind_index(value: str, context: str) -> str:
    """A keyed digest of `value` to search by; `context` is the column and the municipality, never the row.

    Normalise the value first: other spelling, other digest.
    """
    return _key_ring().blind_index(value, context=context)


def _key_ring() -> KeyRing:
    settings = current_app.lumbung  # type: ignore[attr-defined]
    return _cached_ring(settings.secret_key, settings.former_secret_keys)


@lru_cache(maxsize=8)
def _cached_ring(secret_key: str, former: tuple[str, ...]) -> KeyRing:
    return KeyRing.from_secrets(secret_key, former)


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=purpose).derive(secret.encode())


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"lumbung key id" + key).hexdigest()[:12]


def _associated(*parts: str) -> bytes:
    # Lengths keep ("a", "bc") and ("ab", "c") apart.
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def _seal(key: bytes, plain: bytes, associated: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def _open(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], associated)


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
