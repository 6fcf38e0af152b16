"""What people fill in about a listing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from app_catalog.catalog.categories import AUDIENCES, category_choices
from app_catalog.definitions.publiccode.values import spdx_expression
from app_catalog.listings.addresses import MAX_ADDRESS, public_address
from app_catalog.listings.kinds import KINDS, STAGES
from app_catalog.listings.models import Listing
from app_catalog.listings.services import ListingValues
from app_catalog.releases.models import App
from lumbung.i18n import Text
from tenants.answers import Answers

ADDRESS = Text(
    "Tulis alamat lengkap yang diawali https://, dengan nama situs yang dikenal umum.",
    "Write the whole address, beginning with https://, with a site’s public name.",
)
_LICENCE = Text(
    "Tulis menurut SPDX, misalnya AGPL-3.0-or-later; kosongkan bila tertutup.",
    "Write it as SPDX does, as AGPL-3.0-or-later; leave it out when it is closed.",
)
_EMAIL = Text("Tulis alamat surel seperti nama@daerah.go.id.", "Write an e-mail address such as name@city.go.id.")
_LANGUAGES = ("id", "en")


def read_listing(form: Mapping[str, str], *, publiccode: dict[str, Any] | None) -> ListingValues:
    """The fields of a listing. Raises Invalid with every mistake."""
    answers = Answers(form)
    kind = answers.choice("kind", KINDS) or "website"
    category = answers.choice("category", [key for key, _ in category_choices()]) or "other"
    audience = answers.choice("audience", AUDIENCES) or "public-service"
    values = ListingValues(
        kind=kind,
        category=category,
        audience=audience,
        name=_texts(answers, "name", most=120),
        summary=_texts(answers, "summary", most=150),
        description=_texts(answers, "description", most=10_000, optional=True),
        address=_address(answers),
        agency=answers.text("agency", most=160, optional=True),
        stage=answers.choice("stage", STAGES) or "stable",
        licence=_licence(answers),
        repository=_repository(answers),
        contact_name=answers.text("contact_name", most=160, optional=True),
        contact_email=_email(answers),
        features=_features(answers),
        publiccode=publiccode,
    )
    answers.require_valid()
    return values


def shown_values(app: App, listing: Listing) -> dict[str, str]:
    """What the form shows of a listing that is there."""
    shown = {
        "kind": app.kind,
        "category": app.category,
        "audience": app.audience,
        "address": listing.address,
        "agency": listing.agency,
        "stage": listing.stage,
        "licence": listing.licence,
        "repository": listing.repository,
        "contact_name": listing.contact_name,
        "contact_email": listing.contact_email,
        "features": "\n".join(listing.features),
    }
    for name, texts in (("name", app.name), ("summary", app.summary), ("description", app.description)):
        shown |= {f"{name}_{language}": texts.get(language, "") for language in _LANGUAGES}
    return shown


def _texts(answers: Answers, name: str, *, most: int, optional: bool = False) -> dict[str, str]:
    """A text in Indonesian, and in English where it is given."""
    lines = name == "description"
    found = {
        "id": answers.text(f"{name}_id", most=most, optional=optional, lines=lines),
        "en": answers.text(f"{name}_en", most=most, optional=True, lines=lines),
    }
    return {language: text for language, text in found.items() if text}


def _address(answers: Answers) -> str:
    written = answers.text("address", most=MAX_ADDRESS)
    if written and public_address(written) is None:
        answers.wrong("address", ADDRESS)
    return written


def _repository(answers: Answers) -> str:
    written = answers.text("repository", most=MAX_ADDRESS, optional=True)
    if written and public_address(written) is None:
        answers.wrong("repository", ADDRESS)
    return written


def _licence(answers: Answers) -> str:
    written = answers.text("licence", most=200, optional=True)
    expression = spdx_expression(written)
    if written and expression is None:
        answers.wrong("licence", _LICENCE)
    return expression or written


def _email(answers: Answers) -> str:
    written = answers.text("contact_email", most=254, optional=True)
    if not written:
        return ""
    try:
        return validate_email(written, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        answers.wrong("contact_email", _EMAIL)
        return written


def _features(answers: Answers) -> tuple[str, ...]:
    written = answers.text("features", most=4_000, optional=True, lines=True)
    return tuple(line.strip(" -•\t") for line in written.splitlines() if line.strip(" -•\t"))[:40]
