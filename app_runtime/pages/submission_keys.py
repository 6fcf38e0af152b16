"""The key of a form, kept in the browser that opened it, and what tells two sendings of it apart (ADR 0026)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from flask import session as browser

from app_runtime.pages.opening import OpenPage
from app_runtime.pages.reading_form import Texts, Uploads

_KEYS = "form-keys"
_MOST_KEYS = 6
GO, AT, SEEN = "_go", "_at", "_seen"
"""In a form of several pages: where to go, the page that is left, and the steps where somebody has been."""
OWN_NAMES = frozenset({"csrf_token", "submission_key", "confirmed", "_changing", GO, AT, SEEN})
"""No part of what a person wrote."""


def find_key(opened: OpenPage) -> str | None:
    """The key that this browser was given for this form, or None."""
    found: str | None = _kept().get(_name(opened))
    return found


def new_key(opened: OpenPage) -> str:
    """A new key for this form, which the browser gets again until it asks for another."""
    name, key = _name(opened), str(uuid4())
    others = [(one, kept) for one, kept in _kept().items() if one != name]
    browser[_KEYS] = dict([*others, (name, key)][-_MOST_KEYS:])
    return key


def clean_key(sent: str) -> str:
    """The form's own key; a fresh one when a form came without, which then cannot be told from another."""
    try:
        return str(UUID(sent))
    except ValueError:
        return str(uuid4())


def scope_of_key(opened: OpenPage, key: str) -> str:
    """Where the platform remembers what was made of a form that was opened under this key."""
    return f"page:{opened.app.installation.id}:{opened.page.id}:{key}"


def content_of(form: Texts, uploads: Uploads) -> str:
    """A digest of what was written and chosen, blanks aside: the same for a retry, another for another report."""
    parts = [
        f"{name}={' '.join(text.split())}"
        for name, text in form.items(multi=True)
        if name not in OWN_NAMES and text.strip()
    ]
    for name, upload in uploads.items(multi=True):
        if upload.filename:
            digest = sha256()
            while chunk := upload.stream.read(1 << 16):
                digest.update(chunk)
            upload.stream.seek(0)
            parts.append(f"{name}:{digest.hexdigest()}")
    return sha256("\0".join(sorted(parts)).encode()).hexdigest()


def _kept() -> dict[str, Any]:
    kept = browser.get(_KEYS)
    return kept if isinstance(kept, dict) else {}


def _name(opened: OpenPage) -> str:
    return f"{opened.slug}/{opened.page.id}"
