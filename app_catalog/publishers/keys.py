"""Keys that sign releases: one kept by the platform, and maintainers' own public keys."""

from __future__ import annotations

from base64 import b64decode, b64encode
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app_catalog.definitions.signing import Signature, key_id, new_private_key, public_key_of, sign_digest
from app_catalog.publishers.models import Publisher, SigningKey
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.ids import new_id
from lumbung.secrets import decrypt, encrypt


def make_platform_key(session: AnySession, publisher: Publisher) -> SigningKey:
    """A new key of the publisher whose private half the platform keeps, encrypted."""
    private = new_private_key()
    key = SigningKey(
        id=new_id(),
        publisher_id=publisher.id,
        name="Lumbung",
        public_key=b64encode(public_key_of(private)).decode(),
    )
    key.sealed_private = encrypt(b64encode(private).decode(), context=_context(key.id))
    session.add(key)
    session.flush()
    _note(session, "publisher.key-added", key)
    return key


def add_own_key(session: AnySession, publisher: Publisher, *, name: str, public_key: str) -> SigningKey:
    """A maintainer's public key (base64 of 32 bytes, or PEM), from now on good for signing releases.

    Raises Invalid when the text is no Ed25519 public key, Conflict when the key is known already.
    """
    raw = _read_public_key(public_key)
    key = SigningKey(publisher_id=publisher.id, name=name.strip(), public_key=b64encode(raw).decode())
    try:
        with session.begin_nested():
            session.add(key)
    except IntegrityError as error:
        if violated_constraint(error) != "uq_signing_keys_public_key":
            raise
        raise Conflict(
            Text(
                "Kunci ini sudah terdaftar, di sini atau pada penerbit lain. "
                "Buat kunci baru dengan `lumbung app keygen`.",
                "This key is registered already, here or with another publisher. Make a new one with "
                "`lumbung app keygen`.",
            )
        ) from error
    _note(session, "publisher.key-added", key)
    return key


def revoke_key(session: AnySession, publisher: Publisher, *, key_row_id: UUID) -> SigningKey:
    """The key signs nothing new from now on; what it signed before stays valid.

    A revoked key of the platform's is replaced by a new one at once, so that publishing from the web goes on.
    Raises NotFound for a foreign or unknown key, Conflict for one that is revoked already.
    """
    key = session.scalar(
        select(SigningKey).where(SigningKey.id == key_row_id, SigningKey.publisher_id == publisher.id).with_for_update()
    )
    if key is None:
        raise NotFound
    if key.revoked_at is not None:
        raise Conflict(Text("Kunci ini sudah dicabut.", "This key has been revoked already."))
    key.revoked_at = now()
    _note(session, "publisher.key-revoked", key)
    if key.sealed_private is not None:
        key.sealed_private = ""
        make_platform_key(session, publisher)
    return key


def list_keys(session: AnySession, publisher: Publisher) -> list[SigningKey]:
    """All keys of a publisher, the newest first."""
    statement = select(SigningKey).where(SigningKey.publisher_id == publisher.id)
    return list(session.scalars(statement.order_by(SigningKey.created_at.desc(), SigningKey.id.desc())))


def find_key(session: AnySession, publisher_id: UUID, fingerprint: str) -> SigningKey | None:
    """The publisher's key by its public name (`ed25519:…`), revoked or not."""
    keys = session.scalars(select(SigningKey).where(SigningKey.publisher_id == publisher_id))
    return next((key for key in keys if fingerprint_of(key) == fingerprint), None)


def platform_key(session: AnySession, publisher_id: UUID) -> SigningKey:
    """The key that the platform signs with for this publisher. Raises Conflict when there is none."""
    key = session.scalar(
        select(SigningKey)
        .where(
            SigningKey.publisher_id == publisher_id,
            SigningKey.sealed_private.is_not(None),
            SigningKey.revoked_at.is_(None),
        )
        .order_by(SigningKey.created_at.desc())
        .limit(1)
    )
    if key is None:
        raise Conflict(
            Text("Penerbit ini belum mempunyai kunci tanda tangan.", "This publisher has no signing key yet.")
        )
    return key


def sign_with(key: SigningKey, digest: str) -> Signature:
    """The platform's signature of a digest, for the publisher that the key belongs to."""
    private = b64decode(decrypt(key.sealed_private or "", context=_context(key.id)))
    return sign_digest(digest, private)


def public_bytes(key: SigningKey) -> bytes:
    """The public key, 32 raw bytes."""
    return b64decode(key.public_key)


def fingerprint_of(key: SigningKey) -> str:
    """The public name of a key: `ed25519:` and 16 hexadecimal digits."""
    return key_id(public_bytes(key))


def _read_public_key(text: str) -> bytes:
    text = text.strip()
    try:
        if text.startswith("-----BEGIN"):
            loaded = load_pem_public_key(text.encode())
            if isinstance(loaded, Ed25519PublicKey):
                return loaded.public_bytes_raw()
            raise ValueError
        raw = b64decode(text, validate=True)
        if len(raw) == 32:
            Ed25519PublicKey.from_public_bytes(raw)
            return raw
        raise ValueError
    except (ValueError, UnsupportedAlgorithm) as error:
        message = t(
            "Ini bukan kunci publik Ed25519. Tempel baris yang dicetak `lumbung app keygen` (44 huruf, berakhir =), "
            "atau berkas PEM-nya. Jangan menempel kunci rahasia.",
            "This is no Ed25519 public key. Paste the line that `lumbung app keygen` prints (44 characters, "
            "ending in =) or its PEM. Never paste the private key.",
        )
        raise Invalid(fields={"public_key": [message]}) from error


def _context(key_row_id: UUID) -> str:
    return f"signing_keys:{key_row_id}:private"


def _note(session: AnySession, action: str, key: SigningKey) -> None:
    record_audit(
        session,
        action,
        subject_type="publisher",
        subject_id=key.publisher_id,
        after={"key": fingerprint_of(key), "name": key.name},
    )
