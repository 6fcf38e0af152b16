"""Ed25519 signatures of package digests (RFC 8032)."""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

# Names the use, so that a signature for a release is never one for something else.
CONTEXT = b"lumbung-release-v1:"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with the id of the key that made it."""

    key_id: str
    value: bytes


def new_private_key() -> bytes:
    """A fresh private key, 32 raw bytes; keep it secret."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """The public key of a private one, 32 raw bytes. ``ValueError`` when ``private_key`` is not 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def key_id(public_key: bytes) -> str:
    """A short name of a public key: ``ed25519:`` and the first 16 hexadecimal digits of its SHA-256."""
    return f"ed25519:{sha256(public_key).hexdigest()[:16]}"


def sign_digest(digest: str, private_key: bytes) -> Signature:
    """The signature of a digest (``sha256:…``) by a private key."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return Signature(key_id(key.public_key().public_bytes_raw()), key.sign(CONTEXT + digest.encode("ascii")))


def verify_digest(digest: str, signature: Signature, public_key: bytes) -> bool:
    """Whether ``signature`` is by ``public_key`` and of ``digest``; False also for a key or signature of
    wrong size.
    """
    if signature.key_id != key_id(public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature.value, CONTEXT + digest.encode("ascii"))
    except (InvalidSignature, ValueError):
        return False
    return True
