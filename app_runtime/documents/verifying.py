"""Whether a document is what it says: by its code, and by its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Literal

from sqlalchemy import select

from app_catalog.definitions.model import MakeDocument
from app_runtime.documents.models import IssuedDocument
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import open_change
from app_runtime.records.reading import get_record
from app_runtime.records.running_app import app_of_record
from lumbung.codes import is_valid, normalise
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import LumbungError
from lumbung.i18n import Text, show_datetime, t
from lumbung.limits import Limit, address_key, spend

LOOKED_UP_FROM_ADDRESS = Limit("document-lookups", size=120, seconds=10 * 60)
"""Verifications from one address. A code has 60 random bits: guessing one is hopeless."""

Standing = Literal["valid", "replaced", "revoked"]


class UnknownDocument(LumbungError):
    """No document has this code; `status` is 422 when it cannot be a code at all."""

    status = 404
    slug = "unknown-document"
    title = Text("Dokumen tidak dikenal", "Unknown document")


@dataclass(frozen=True, slots=True)
class Verified:
    """What the municipality knows of a document; `same` tells whether the PDF that was sent is this one, None when none
    was sent."""

    name: str
    code: str
    number: str
    municipality: str
    agency: str
    signer: str
    issued: str
    sha256: str
    standing: Standing
    newer_code: str | None = None
    same: bool | None = None

    @property
    def digest_parts(self) -> list[str]:
        """The digest in groups that eyes can compare."""
        return [self.sha256[start : start + 8] for start in range(0, len(self.sha256), 8)]


def verify_document(session: AnySession, code: str, *, sent: IO[bytes] | None = None) -> Verified:
    """The document with this code, however it was typed, compared with the bytes of `sent`.

    Raises UnknownDocument (422 for what is no code, else 404), TooMany from an address that asks too much.
    """
    spend(LOOKED_UP_FROM_ADDRESS, address_key())
    if not is_valid(code):
        wrong = UnknownDocument(
            Text(
                "Ini bukan kode dokumen, atau ada huruf yang salah ketik. Kode terdiri dari 13 huruf dan angka.",
                "This is no code of a document, or a letter is wrong. A code has 13 letters and digits.",
            )
        )
        wrong.status = 422
        raise wrong
    mine = IssuedDocument.tenant_id == current_tenant(session)
    found = session.scalars(select(IssuedDocument).where(mine, IssuedDocument.code == normalise(code))).first()
    if found is None:
        raise UnknownDocument(
            Text(
                "Daerah ini tidak menerbitkan dokumen dengan kode itu. Dokumen yang memuatnya mungkin palsu.",
                "This municipality issued no document with that code. A document that bears it may be forged.",
            )
        )
    app = app_of_record(session, record := get_record(session, found.record_id))
    newer = session.scalars(
        select(IssuedDocument)
        .where(
            mine,
            IssuedDocument.record_id == found.record_id,
            IssuedDocument.automation == found.automation,
            IssuedDocument.id > found.id,
        )
        .order_by(IssuedDocument.id.desc())
        .limit(1)
    ).first()
    automation = app.record_type(record.record_type).automations.get(found.automation)
    good = True
    if automation is not None and isinstance(automation.effect, MakeDocument) and automation.effect.valid_while:
        change = open_change(app, record, SYSTEM)
        change.looking = True
        good = change.evaluate(automation.effect.valid_while, rule=f"automations.{automation.id}.valid_while").holds
    return Verified(
        name=found.name,
        code=found.code,
        number=found.number,
        municipality=app.municipality.name,
        agency=found.agency_name,
        signer=", ".join(part for part in (found.signer_name, found.signer_position) if part),
        issued=show_datetime(found.issued_at, app.municipality.timezone, "long"),
        sha256=found.sha256,
        standing="revoked" if not good else "replaced" if newer else "valid",
        newer_code=newer.code if newer else None,
        same=None if sent is None else _digest(sent) == found.sha256,
    )


def standing_words(standing: Standing) -> str:
    """What becomes of a document with this standing, in a sentence."""
    return {
        "valid": t("Dokumen ini sah dan berlaku.", "This document is genuine and valid."),
        "replaced": t(
            "Dokumen ini asli, tetapi sudah diganti dengan yang lebih baru.",
            "This document is genuine, but a newer one has replaced it.",
        ),
        "revoked": t(
            "Dokumen ini asli, tetapi tidak berlaku lagi.", "This document is genuine, but it is no longer valid."
        ),
    }[standing]


def _digest(sent: IO[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in _chunks(sent):
        found.update(chunk)
    return found.hexdigest()


def _chunks(sent: IO[bytes]) -> Iterator[bytes]:
    while chunk := sent.read(65_536):
        yield chunk
