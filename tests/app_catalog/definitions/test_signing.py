"""Signatures: made by one key, of one digest, and nothing else."""

from dataclasses import replace

import pytest

from app_catalog.definitions.signing import key_id, new_private_key, public_key_of, sign_digest, verify_digest

DIGEST = "sha256:" + "a" * 64


def test_a_signature_verifies_with_its_key() -> None:
    private = new_private_key()
    signature = sign_digest(DIGEST, private)
    assert signature.key_id == key_id(public_key_of(private))
    assert verify_digest(DIGEST, signature, public_key_of(private))


def test_anything_changed_does_not_verify() -> None:
    private, other = new_private_key(), new_private_key()
    signature = sign_digest(DIGEST, private)
    public = public_key_of(private)
    changed = bytes([signature.value[0] ^ 1]) + signature.value[1:]
    assert not verify_digest(DIGEST[:-1] + "b", signature, public)
    assert not verify_digest(DIGEST, replace(signature, value=changed), public)
    assert not verify_digest(DIGEST, replace(signature, value=b""), public)
    assert not verify_digest(DIGEST, signature, public_key_of(other))
    assert not verify_digest(DIGEST, replace(signature, key_id=key_id(public_key_of(other))), public_key_of(other))
    assert not verify_digest(DIGEST, replace(signature, key_id=key_id(b"short")), b"short")


def test_a_key_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        sign_digest(DIGEST, b"short")
