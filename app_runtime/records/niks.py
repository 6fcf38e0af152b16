"""Numbers of the population register in records: kept sealed, found by a keyed digest, told one at a time.

Beside the masked number, which stands where any value does, the record's private values hold the sealed number and its
digest under keys that no field can have, so that erasing a person's data erases them too. A digest tells that two
records of one municipality name the same person, and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app_catalog.definitions.model import Field, RecordType
from app_catalog.definitions.schemas.niks import Nik, masked_nik
from app_runtime.records.models import Record
from lumbung.secrets import UndecryptableError, blind_index, decrypt, encrypt

SEALED_NIK = "_nik:"
NIK_DIGEST = "_nik_digest:"


_MARKS = (SEALED_NIK, NIK_DIGEST)


def nik_fields(kind: RecordType) -> tuple[str, ...]:
    """The fields that hold such a number, members of groups with a dot."""
    return tuple(name for field in kind.fields.values() for name in _paths(field))


def _paths(field: Field) -> Iterator[str]:
    if field.type == "nik":
        yield field.id
    for member in field.fields.values():
        if member.type == "nik":
            yield f"{field.id}.{member.id}"


def keep_sealed(record: Record, private: dict[str, Any], target: dict[str, Any], name: str, value: Any) -> None:
    """Seal the numbers of a value that is being stored in `target`: they stay there masked, as plain text.

    What is sealed under this name and is not in the value any more goes from `private`.
    """
    parts = {f"{name}.{key}": part for key, part in value.items()} if isinstance(value, Mapping) else {name: value}
    for key in [key for key in private if key.startswith((f"{SEALED_NIK}{name}", f"{NIK_DIGEST}{name}"))]:
        path = key.partition(":")[2]
        if (path == name or path.startswith(f"{name}.")) and parts.get(path) in (None, ""):
            del private[key]
    for path, part in parts.items():
        if isinstance(part, Nik):
            private[SEALED_NIK + path] = encrypt(part.digits, context=nik_context(record.tenant_id, record.id, path))
            private[NIK_DIGEST + path] = nik_digest(record.tenant_id, part)
    if name in target:
        target[name] = without_digits(value)


def digests_of(record: Record, name: str) -> dict[str, Any]:
    """The digests of the numbers in a field: they differ where the masked numbers may not."""
    paths = (NIK_DIGEST + name, f"{NIK_DIGEST}{name}.")
    return {key: value for key, value in record.private.items() if key == paths[0] or key.startswith(paths[1])}


def with_kept_digits(record: Record, kind: RecordType, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Values with the whole number where they have the masked one that the record holds: a form sent back what it had
    shown, or what is stored is to be stored by another name."""
    found = dict(sent)
    for path in nik_fields(kind):
        name, _, member = path.partition(".")
        value = found.get(name)
        if member and isinstance(value, Mapping):
            if digits := _digits_behind(record, path, value.get(member)):
                found[name] = {**value, member: Nik(digits)}
        elif not member and (digits := _digits_behind(record, path, value)):
            found[name] = Nik(digits)
    return found


def forget_niks(record: Record, kind: RecordType, names: Collection[str]) -> None:
    """Take what is sealed under these fields out of the record."""
    gone = {f"{mark}{path}" for path in nik_fields(kind) if path.partition(".")[0] in names for mark in _MARKS}
    record.private = {key: value for key, value in record.private.items() if key not in gone}


def _digits_behind(record: Record, path: str, shown: Any) -> str | None:
    sealed = record.private.get(SEALED_NIK + path)
    if not sealed or not isinstance(shown, str) or "*" not in shown:
        return None
    digits = open_sealed(record, path)
    return digits if digits is not None and masked_nik(digits) == shown.strip() else None


def open_sealed(record: Record, path: str) -> str | None:
    """The whole number in a field; None when there is none, or it cannot be opened any more."""
    sealed = record.private.get(SEALED_NIK + path)
    if not sealed:
        return None
    try:
        return decrypt(sealed, context=nik_context(record.tenant_id, record.id, path))
    except UndecryptableError:
        return None


def without_digits(value: Any) -> Any:
    """The value as anybody may store it: numbers masked, as plain texts."""
    if isinstance(value, Nik):
        return str.__str__(value)
    if isinstance(value, dict):
        return {key: without_digits(part) for key, part in value.items()}
    return value


def nik_context(tenant_id: object, record_id: object, path: str) -> str:
    """What a sealed number is bound to."""
    return f"records:{tenant_id}:{record_id}:nik:{path}"


def nik_digest(tenant_id: object, nik: Nik) -> str:
    """By which equal numbers of one municipality are found."""
    return blind_index(nik.digits, nik_digest_context(tenant_id))


def nik_digest_context(tenant_id: object) -> str:
    """What the digest of a number is made for: another one in each municipality."""
    return f"records:{tenant_id}:nik"
