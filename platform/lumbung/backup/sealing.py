"""Encrypted values on their way to another installation: closed anew by a passphrase, and by the new one's key."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Table

from lumbung.backup.carrying import SealedValue, carrying_of
from lumbung.backup.errors import refused
from lumbung.backup.manifest import Manifest, Origin, PassphraseLock
from lumbung.secrets import KeyRing, UndecryptableError

_N, _R, _P = 2**15, 8, 1
SHORTEST_PASSPHRASE = 12


def origin_of(ring: KeyRing) -> Origin:
    """The fingerprints by which an installation knows its own archives again."""
    return Origin(key=ring.current, index=hashlib.sha256(b"lumbung index id" + ring.index_key).hexdigest()[:12])


def signed(manifest: Manifest, ring: KeyRing) -> Manifest:
    """The manifest with the keyed digest of the installation that makes it."""
    return replace(manifest, origin=replace(origin_of(ring), mac=_mac(manifest, ring)))


def is_home(ring: KeyRing, manifest: Manifest) -> bool:
    """Whether this installation, or one with the same keys, made the archive.

    Raises ArchiveRefused when it claims so and was altered since.
    """
    if manifest.origin.key not in ring.keys or origin_of(ring).index != manifest.origin.index:
        return False
    if not hmac.compare_digest(_mac(manifest, ring), manifest.origin.mac):
        raise refused("Arsip ini diubah setelah dibuat di sini.", "This archive was altered after it was made here.")
    return True


def _mac(manifest: Manifest, ring: KeyRing) -> str:
    unsigned = replace(manifest, origin=replace(manifest.origin, mac="", key="", index=""))
    return ring.blind_index(hashlib.sha256(unsigned.to_json()).hexdigest(), context="backup:manifest")


def lock_with(passphrase: str) -> tuple[KeyRing, PassphraseLock]:
    """A key made from a passphrase, and what an archive says about it. Raises ArchiveRefused for a short one."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise refused(
            "Kata kunci arsip paling sedikit {n} karakter.",
            "The passphrase of an archive has at least {n} characters.",
            n=SHORTEST_PASSPHRASE,
        )
    salt = os.urandom(16).hex()
    ring = _ring(passphrase, salt)
    return ring, PassphraseLock(kdf="scrypt", n=_N, r=_R, p=_P, salt=salt, key=ring.current)


def unlock_with(passphrase: str, lock: PassphraseLock) -> KeyRing:
    """The key of an archive. Raises ArchiveRefused when the passphrase is another one."""
    ring = _ring(passphrase, lock.salt)
    if ring.current != lock.key:
        raise refused("Kata kunci arsip ini bukan itu.", "That is not the passphrase of this archive.")
    return ring


class Resealer:
    """Opens the encrypted values of rows with one key and closes them with another.

    Without `opening` nothing can be opened: the values are taken out. `lost` counts those by label.
    """

    def __init__(self, *, opening: KeyRing | None, closing: KeyRing, new_index: bool) -> None:
        self._opening, self._closing, self._new_index = opening, closing, new_index
        self.lost: Counter[str] = Counter()

    def reseal(self, table: Table, line: str, row: Mapping[str, Any]) -> str:
        """The row's line with its encrypted values closed anew."""
        carrying = carrying_of(table)
        if carrying is None or carrying.sealed is None:
            return line
        gone = []
        for value in carrying.sealed(row):
            plain = self._open(value)
            if plain is None:
                gone.append(value)
                continue
            line = line.replace(
                json.dumps(value.token), json.dumps(self._closing.encrypt(plain, context=value.context))
            )
            if self._new_index and value.digest:
                digest = self._closing.blind_index(plain, context=value.digest_context)
                line = line.replace(json.dumps(value.digest), json.dumps(digest))
        return self._without(table, line, gone) if gone else line

    def _open(self, value: SealedValue) -> str | None:
        if self._opening is None:
            return None
        try:
            return self._opening.decrypt(value.token, context=value.context)
        except UndecryptableError:
            return None

    def _without(self, table: Table, line: str, gone: list[SealedValue]) -> str:
        row = json.loads(line)
        for value in gone:
            self.lost[value.label or table.name] += 1
            holder = row
            for step in value.path[:-1]:
                holder = holder[step]
            if len(value.path) > 1:
                del holder[value.path[-1]]
            else:
                holder[value.path[0]] = ""
        return json.dumps(row, ensure_ascii=False)


def _ring(passphrase: str, salt: str) -> KeyRing:
    key = hashlib.scrypt(
        passphrase.encode(), salt=bytes.fromhex(salt), n=_N, r=_R, p=_P, maxmem=64 * 1024 * 1024, dklen=32
    )
    return KeyRing.from_secrets(key.hex())
