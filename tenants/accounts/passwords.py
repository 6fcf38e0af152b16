"""Passwords: rules, argon2id, and the same work for accounts that do not exist."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lumbung.i18n import Text

SHORTEST = 10
LONGEST = 256
TIME_COST = 3
MEMORY_KIB = 32 * 1024
PARALLELISM = 1
"""Above the least that OWASP's password storage cheat sheet asks of argon2id, and small enough for eight at once."""

COMMON = frozenset(
    {
        "0123456789",
        "0987654321",
        "1111111111",
        "1234567890",
        "12345678910",
        "123456789a",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "aaaaaaaaaa",
        "abc1234567",
        "abcd123456",
        "abcdefghij",
        "admin12345",
        "admin123456",
        "administrator",
        "anakbangsa",
        "asdfghjkl1",
        "bismillah1",
        "bismillah123",
        "diskominfo",
        "diskominfo1",
        "diskominfo123",
        "garuda1945",
        "iloveyou123",
        "indonesia123",
        "indonesia17",
        "indonesia45",
        "jakarta123",
        "katasandi1",
        "katasandi123",
        "lumbung123",
        "merdeka1945",
        "pancasila1",
        "pancasila123",
        "passw0rd123",
        "password123",
        "password1234",
        "pemda12345",
        "pemerintah",
        "pemkot12345",
        "qazwsxedcr",
        "qwerty12345",
        "qwertyuiop",
        "rahasia123",
        "rahasia1234",
        "sayang12345",
        "sayangkamu",
        "surabaya123",
        "tangsel123",
        "zxcvbnm123",
    }
)

_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return _hasher.hash(_normal(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Takes as long when there is no hash at all, so that time tells nothing."""
    candidate = _normal(password)[:LONGEST]
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), candidate) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def password_problem(password: str, *, email: str, name: str) -> Text | None:
    """What is wrong with a new password, or None when it will do.

    The rules follow NIST SP 800-63B: length, not a well-known one, not the person's own name; no demands on kinds of
    characters, no forced change.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        return Text(
            f"Pakai sedikitnya {SHORTEST} huruf; kalimat pendek paling mudah diingat.",
            f"Use at least {SHORTEST} characters; a short sentence is easiest to remember.",
        )
    if len(plain) > LONGEST:
        return Text(f"Paling banyak {LONGEST} huruf.", f"At most {LONGEST} characters.")
    folded = plain.casefold()
    own = {email.casefold(), email.casefold().split("@")[0], name.casefold(), name.casefold().replace(" ", "")}
    if folded in own:
        return Text("Jangan pakai nama atau alamat e-mail sendiri.", "Do not use your own name or e-mail address.")
    if folded in COMMON or len(set(folded)) < 4:
        return Text("Kata sandi ini mudah ditebak. Pilih yang lain.", "This password is easy to guess. Choose another.")
    return None


def _normal(password: str) -> str:
    # The same letters typed on another keyboard may arrive composed differently (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
