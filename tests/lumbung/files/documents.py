"""Files to store, and what lies on the disk."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session, scoped_session

from lumbung.files import StoredFile, store_file
from lumbung.web.sites import LumbungFlask

Db = scoped_session[Session]
PDF = b"%PDF-1.7\n%%EOF\n"


def jpeg(width: int = 600, height: int = 300) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "JPEG")
    return out.getvalue()


def document(session: Db, **changes: Any) -> StoredFile:
    values: dict[str, Any] = {
        "data": PDF,
        "name": "surat.pdf",
        "content_type": "application/pdf",
        "kind": "document",
    }
    return store_file(session, **(values | changes))


def on_disk(app: LumbungFlask) -> list[Path]:
    return sorted(path for path in app.lumbung.files_root.rglob("*") if path.is_file())
