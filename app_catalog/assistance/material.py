"""What a publisher gives everybody to learn an app by: links and PDF files, in both languages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.orm import undefer

from app_catalog.assistance.meetings import is_link
from app_catalog.assistance.models import AppMaterial
from app_catalog.releases.models import App
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.files.kinds import HEAD_BYTES, safe_name, sniff
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text

MOST_BYTES = 5_000_000
MOST = 30
LONGEST_TITLE, LONGEST_ABOUT, LONGEST_URL = 120, 500, 500
_FULL = Text(
    "Satu aplikasi menyimpan paling banyak {n} bahan. Hapus yang lama dulu.",
    "An app keeps {n} pieces of material at most. Remove an old one first.",
).format(n=MOST)


def list_material(session: AnySession, app_id: UUID) -> Sequence[AppMaterial]:
    """The material of an app in the publisher's order; the files' bytes are not read."""
    return session.scalars(material_of_app(), {"app_id": app_id}).all()


@cache
def material_of_app() -> Select[AppMaterial]:
    """The statement behind `list_material`, for the app that is given as `app_id`."""
    return (
        select(AppMaterial)
        .where(AppMaterial.app_id == bindparam("app_id", type_=Uuid()))
        .order_by(AppMaterial.order, AppMaterial.created_at)
        .limit(MOST)
    )


def get_file(session: AnySession, app_id: UUID, material_id: UUID) -> AppMaterial:
    """A PDF of an app with its bytes; raises NotFound."""
    found = session.scalar(
        select(AppMaterial)
        .where(AppMaterial.app_id == app_id, AppMaterial.id == material_id, AppMaterial.kind == "file")
        .options(undefer(AppMaterial.data))
    )
    if found is None:
        raise NotFound
    return found


def add_material(
    session: AnySession,
    app: App,
    *,
    account_id: UUID | None,
    title: dict[str, str],
    about: dict[str, str],
    url: str = "",
    data: bytes = b"",
    file_name: str = "",
) -> AppMaterial:
    """A new piece, below the others: a link, or the PDF `data`.

    Raises Invalid for what does not fit (both or neither, no title in Indonesian, no address on the web, no PDF, a file
    above `MOST_BYTES`), Conflict when there are `MOST` already.
    """
    # Two maintainers add one after the other: the app's row is what they queue for.
    session.execute(select(App.id).where(App.id == app.id).with_for_update())
    number, last = session.execute(
        select(func.count(), func.max(AppMaterial.order)).where(AppMaterial.app_id == app.id)
    ).one()
    if number >= MOST:
        raise Conflict(_FULL)
    title, about, url = _clean(title), _clean(about), url.strip()
    _check(title=title, about=about, url=url, data=data)
    material = AppMaterial(
        app_id=app.id,
        kind="file" if data else "link",
        title=title,
        about=about,
        url=None if data else url,
        file_name=_pdf_name(file_name) if data else "",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if data else "",
        data=data or None,
        order=(last or 0) + 1,
        account_id=account_id,
    )
    session.add(material)
    session.flush()
    record_audit(
        session, "app.material-added", subject_type="app", subject_id=app.id, after={"material": str(material.id)}
    )
    return material


def remove_material(session: AnySession, app: App, material_id: UUID) -> None:
    """Take a piece away; raises NotFound for another app's."""
    found = session.scalar(select(AppMaterial).where(AppMaterial.app_id == app.id, AppMaterial.id == material_id))
    if found is None:
        raise NotFound
    record_audit(
        session, "app.material-removed", subject_type="app", subject_id=app.id, before={"material": str(material_id)}
    )
    session.delete(found)
    session.flush()


def _clean(texts: dict[str, str]) -> dict[str, str]:
    return {language: " ".join(plain_text(text).split()) for language, text in texts.items() if text.strip()}


def _pdf_name(name: str) -> str:
    return f"{safe_name(name).removesuffix('.pdf').removesuffix('.PDF') or 'bahan'}.pdf"


def _check(*, title: dict[str, str], about: dict[str, str], url: str, data: bytes) -> None:
    errors: dict[str, list[str]] = {}
    if not title.get("id"):
        errors["title_id"] = [t("Tulis judulnya.", "Write the title.")]
    for name, texts, most in (("title", title, LONGEST_TITLE), ("about", about, LONGEST_ABOUT)):
        for language, text in texts.items():
            if len(text) > most:
                errors[f"{name}_{language}"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=most)]
    if bool(url) == bool(data):
        errors["url"] = [t("Isi tautan, atau pilih satu berkas PDF.", "Give a link, or choose one PDF file.")]
    elif url and (len(url) > LONGEST_URL or not is_link(url)):
        errors["url"] = [t("Tautan diawali https://", "A link begins with https://")]
    elif len(data) > MOST_BYTES:
        errors["file"] = [t("Berkas lebih besar dari 5 MB.", "The file is larger than 5 MB.")]
    # Other readers find the mark further on too, and so would whoever hides a page in a PDF.
    elif data and not (data.startswith(b"%PDF-") and sniff(data[:HEAD_BYTES]) == "application/pdf"):
        errors["file"] = [t("Kirim berkas PDF.", "Send a PDF file.")]
    if errors:
        raise Invalid(fields=errors)
