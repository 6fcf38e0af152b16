"""Listings and packages as publiccode.yml, and a publiccode.yml as the beginning of a listing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from app_catalog.definitions.problems import Problem
from app_catalog.definitions.publiccode.reading import read_publiccode
from app_catalog.definitions.publiccode.writing import newest_form, write_yaml
from app_catalog.listings.addresses import public_address
from app_catalog.listings.kinds import KINDS, kind_of
from app_catalog.listings.models import Listing
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App

_CATEGORIES = {
    "complaints": "feedback-and-reviews-management",
    "letters": "document-management",
    "permits": "workflow-management",
    "population": "digital-citizenship",
    "health": "appointment-scheduling",
    "education": "learning-management-system",
    "employment": "applicant-tracking",
    "transport": "fleet-management",
    "planning": "project-management",
    "budget": "budgeting",
    "audit": "compliance-management",
    "business": "e-commerce",
    "tax": "taxes-management",
    "environment": "resource-management",
    "infrastructure": "facility-management",
    "public-information": "content-management",
}
"""The standard's category that comes nearest to each of ours; the others are its `other`."""
_OURS = {theirs: ours for ours, theirs in _CATEGORIES.items()}
_MOST_REMEMBERED = 500
_remembered: OrderedDict[bytes, tuple[Problem, ...]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Written:
    """A publiccode.yml that its own checker takes (`text`), or what is missing for one (`problems`)."""

    text: str
    problems: tuple[Problem, ...]


def write_package(document: Mapping[str, Any], *, version: str, released: str, used_by: Sequence[str]) -> Written:
    """The file of a package: its own publiccode.yml in the newest form, with the published version and its day."""
    whole = newest_form(document, used_by=used_by)
    return _judged({**whole, "softwareVersion": version, "releaseDate": released}, used_by)


def write_listing(app: App, listing: Listing, publisher: Publisher, *, used_by: Sequence[str]) -> Written:
    """The file of a listing: what people said of it, upon the file that it was made from.

    Nothing is made up: without a repository, an open licence, a description of 150 letters, features and a person to
    ask, there is no file, and `problems` says what is missing.
    """
    document: dict[str, Any] = dict(listing.publiccode or {})
    kind = KINDS[app.kind]
    document["name"] = app.name.get("id", "")
    document["url"] = listing.repository or None
    document["landingURL"] = listing.address
    document["developmentStatus"] = listing.stage
    document.setdefault("softwareType", kind.software_type)
    document.setdefault("platforms", [kind.platform])
    document.setdefault("categories", [_CATEGORIES.get(app.category, "other")])
    document["description"] = _description(app, listing, document.get("description", {}))
    legal = dict(document.get("legal", {}))
    legal.pop("license", None)
    document["legal"] = legal | ({"license": listing.licence} if listing.licence else {})
    document.setdefault("maintenance", _maintenance(listing, publisher))
    document.setdefault(
        "localisation", {"localisationReady": len(app.name) > 1, "availableLanguages": sorted(app.name, reverse=True)}
    )
    return _judged(newest_form(document, used_by=used_by), used_by)


def form_of(document: Mapping[str, Any]) -> dict[str, str]:
    """What the form of a listing begins with, from a publiccode.yml that was read without an error."""
    description: dict[str, dict[str, Any]] = dict(document.get("description", {}))
    by_language = {language: _in_language(description, language) for language in ("id", "en")}
    indonesian = by_language["id"] or by_language["en"] or next(iter(description.values()), {})
    landing = public_address(document.get("landingURL", "")) or public_address(document.get("url", "")) or ""
    contact: dict[str, str] = next(iter(document.get("maintenance", {}).get("contacts", [])), {})
    begun = {
        "kind": kind_of(document.get("softwareType", ""), document.get("platforms", [])),
        "category": next((_OURS[word] for word in document.get("categories", []) if word in _OURS), "other"),
        "audience": "public-service",
        "address": landing,
        "agency": document.get("organisation", {}).get("name", "") or document.get("legal", {}).get("repoOwner", ""),
        "stage": document.get("developmentStatus", "stable"),
        "licence": document.get("legal", {}).get("license", ""),
        "repository": public_address(document.get("url", "")) or "",
        "contact_name": contact.get("name", ""),
        "contact_email": contact.get("email", ""),
        "features": "\n".join(indonesian.get("features", [])),
    }
    for language, texts in (("id", indonesian), ("en", by_language["en"])):
        begun[f"name_{language}"] = texts.get("localisedName", document.get("name", "") if language == "id" else "")
        begun[f"summary_{language}"] = texts.get("shortDescription", "")
        begun[f"description_{language}"] = texts.get("longDescription", "")
    return begun


def _judged(document: dict[str, Any], used_by: Sequence[str]) -> Written:
    """The document as text when the checker takes it; what an author added of their own and is wrong is left out."""
    for _ in range(20):
        text = write_yaml(document)
        errors = _errors_of(text)
        spare = next((problem for problem in errors if _leave_out(document, problem.path.split("."))), None)
        if spare is None:
            return Written("" if errors else text, errors)
    return Written("", errors)


def _errors_of(text: str) -> tuple[Problem, ...]:
    """What the checker finds in a file. It takes half a second to look a long one through, and every visitor of a
    listing's page would have it looked through anew: what was found is remembered, by digest."""
    written = text.encode()
    key = sha256(written).digest()
    with _lock:
        known = _remembered.get(key)
        if known is not None:
            _remembered.move_to_end(key)
            return known
    errors = read_publiccode(written).report.errors
    with _lock:
        _remembered[key] = errors
        while len(_remembered) > _MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return errors


def forget_errors() -> None:
    """Look every file through anew; for tests."""
    with _lock:
        _remembered.clear()


_NEEDED = frozenset(
    {
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    }
)


def _leave_out(document: dict[str, Any], path: list[str]) -> bool:
    """Take an optional key out of the document; False when the standard asks for it, or it is not there."""
    return path[0] not in _NEEDED and document.pop(path[0], None) is not None


def _description(app: App, listing: Listing, before: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for language in sorted({*app.summary, *before}):
        texts = dict(before.get(language, {}))
        for key, said in (("shortDescription", app.summary), ("longDescription", app.description)):
            if language in ("id", "en"):
                texts.pop(key, None)
                texts |= {key: said[language]} if said.get(language) else {}
        if language == "id":
            texts |= {"features": list(listing.features)} if listing.features else {}
        if len(app.name) > 1 and language in app.name:
            texts["localisedName"] = app.name[language]
        if "shortDescription" in texts:
            found[language] = texts
    return found


def _maintenance(listing: Listing, publisher: Publisher) -> dict[str, Any]:
    if not listing.contact_name:
        return {"type": "internal"}
    contact = {"name": listing.contact_name, "affiliation": listing.agency or publisher.name}
    return {
        "type": "internal",
        "contacts": [contact | ({"email": listing.contact_email} if listing.contact_email else {})],
    }


def _in_language(description: Mapping[str, dict[str, Any]], language: str) -> dict[str, Any]:
    """The description in a language, also where its tag names a region."""
    for tag, texts in description.items():
        if tag.lower().split("-")[0] == language:
            return texts
    return {}
