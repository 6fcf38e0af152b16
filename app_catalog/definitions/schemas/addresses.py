"""Checks of addresses on the web: of pages, and of cameras."""

import re
from typing import Any
from urllib.parse import urlsplit

import re2
from marshmallow import ValidationError

from app_catalog.definitions.model import Field
from app_catalog.definitions.schemas.wording import word

MAX_ADDRESS = 2000
# Linear; nothing that a browser would leave out or that ends an attribute.
_REFUSED = re.compile("[\x00-\x20\x7f-\xa0<>\"'`\\\\{}|^\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def check_url(value: Any, field: Field, lang: str) -> str:
    """An address that starts with ``http://`` or ``https://`` and names a host, nobody's password in it."""
    text = _address(value, "url", lang, ("http", "https"))
    if field.pattern is not None and re2.fullmatch(field.pattern, text) is None:
        raise ValidationError(word("pattern", lang))
    return text


def check_stream(value: Any, field: Field, lang: str) -> str:
    """The address of a camera: ``https`` only, so that a page may show it."""
    text = _address(value, "stream", lang, ("https",))
    if field.pattern is not None and re2.fullmatch(field.pattern, text) is None:
        raise ValidationError(word("pattern", lang))
    return text


def _address(value: Any, name: str, lang: str, schemes: tuple[str, ...]) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > MAX_ADDRESS or _REFUSED.search(text):
        raise ValidationError(word(name, lang))
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValidationError(word(name, lang)) from None
    if parts.scheme not in schemes or not host or len(host) > 253 or "@" in parts.netloc:
        raise ValidationError(word(name, lang))
    return text
