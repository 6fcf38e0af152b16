"""Writes a publiccode.yml of the newest version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app_catalog.definitions.hidden_characters import hidden_character
from app_catalog.definitions.publiccode.versions import NEWEST, shown
from app_catalog.definitions.publiccode.vocabulary import COUNTRIES

ORDER = (
    "publiccodeYmlVersion",
    "name",
    "applicationSuite",
    "url",
    "landingURL",
    "isBasedOn",
    "softwareVersion",
    "releaseDate",
    "logo",
    "platforms",
    "categories",
    "usedBy",
    "fundedBy",
    "roadmap",
    "developmentStatus",
    "softwareType",
    "organisation",
    "supports",
    "intendedAudience",
    "description",
    "legal",
    "maintenance",
    "localisation",
    "dependsOn",
)
"""The keys that are written, in the order of the standard's own pages. Deprecated ones are left out."""
# A plain word needs no quotes: none of YAML's own words, no number, no mark.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/-]{0,60}\Z")
_OWN_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def newest_form(document: Mapping[str, Any], *, used_by: Sequence[str]) -> dict[str, Any]:
    """A document that was read (`read_publiccode`, or a package's) as the newest version would have it.

    Deprecated keys are gone, the owner of the repository becomes the organisation's name where its URI is known,
    contractors stand with a contract only. `used_by` replaces whatever the file said of who uses it: the platform
    writes what municipalities said themselves.
    """
    written = {key: document[key] for key in ORDER if key in document and document[key] not in ([], {}, None)}
    written["publiccodeYmlVersion"] = shown(NEWEST)
    written.pop("usedBy", None)
    if used_by:
        written["usedBy"] = list(used_by)
    legal = dict(document.get("legal", {}))
    written["legal"] = {key: legal[key] for key in ("license", "mainCopyrightOwner") if key in legal}
    maintenance = dict(document.get("maintenance", {}))
    if maintenance.get("type") != "contract":
        maintenance.pop("contractors", None)
    written["maintenance"] = maintenance
    written["description"] = {
        language: {key: value for key, value in texts.items() if key != "genericName"}
        for language, texts in document.get("description", {}).items()
    }
    audience = dict(document.get("intendedAudience", {}))
    for key in ("countries", "unsupportedCountries"):
        if key in audience:
            audience[key] = [code.upper() for code in audience[key] if code.upper() in COUNTRIES]
    if audience:
        written["intendedAudience"] = audience
    return {key: written[key] for key in ORDER if key in written}


def write_yaml(document: Mapping[str, Any]) -> str:
    """A document of maps, lists and scalars as YAML 1.2, the same text for the same document.

    Texts that are more than a plain word stand in double quotes, written as JSON writes them. Characters that nobody
    sees are left out: no reader would take the file.
    """
    return "\n".join(_lines(document, 0)) + "\n"


def _lines(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    margin = "  " * depth
    for key, child in value.items():
        if isinstance(child, Mapping):
            yield f"{margin}{_scalar(key)}:" + ("" if child else " {}")
            yield from _lines(child, depth + 1)
        elif isinstance(child, list | tuple):
            yield f"{margin}{_scalar(key)}:" + ("" if child else " []")
            yield from _items(child, depth + 1)
        else:
            yield f"{margin}{_scalar(key)}: {_scalar(child)}"


def _items(items: Sequence[Any], depth: int) -> Iterator[str]:
    margin = "  " * depth
    for item in items:
        if isinstance(item, Mapping) and item:
            first, *others = _lines(item, depth + 1)
            yield f"{margin}- {first.lstrip()}"
            yield from others
        elif isinstance(item, Mapping | list | tuple):
            yield f"{margin}- {json.dumps(item, ensure_ascii=False)}"
        else:
            yield f"{margin}- {_scalar(item)}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(value)
    text = str(value)
    while (hidden := hidden_character(text)) is not None:
        text = text.replace(hidden[0], "")
    if _PLAIN.match(text) and text.lower() not in _OWN_WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
