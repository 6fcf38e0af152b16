"""What people type about a municipality: a claim, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage

from lumbung.errors import Invalid
from lumbung.i18n import Text
from lumbung.web.brand import is_colour
from tenants.accounts.addresses import checked_address
from tenants.answers import Answers
from tenants.municipalities.evidence import MOST_BYTES, EvidenceFile, check_evidence
from tenants.municipalities.models import Municipality
from tenants.municipalities.places import find_coordinates, in_indonesia

_EMAIL = Text("Tulis alamat e-mail yang lengkap, misalnya kominfo@daerah.go.id.", "Write a complete e-mail address.")
_PHONE = Text("Tulis nomor dengan angka, misalnya (021) 1234567.", "Write a number with digits, such as (021) 1234567.")
_COLOUR = Text("Tulis warna seperti #1f6b4a.", "Write a colour such as #1f6b4a.")
_PLACE = Text(
    "Titik ini di luar Indonesia atau tidak terbaca. Ketuk peta, atau tempel tautan peta.",
    "This point is outside Indonesia or cannot be read. Tap the map, or paste a map link.",
)
_PHONE_FORM = re.compile(r"[0-9+(][0-9 ()./-]{2,29}")
LEAST_ZOOM, MOST_ZOOM = 5, 18


@dataclass
class ClaimAnswers:
    """A claim as it was typed."""

    office: str = ""
    position: str = ""
    evidence: str = ""
    accepted_terms: bool = False
    accepted_processing: bool = False
    file: EvidenceFile | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return self.accepted_terms and self.accepted_processing

    def require_valid(self) -> None:
        """Raise Invalid with all mistakes when there is one."""
        if self.errors:
            raise Invalid(fields=self.errors)


def read_claim(form: Mapping[str, str], upload: FileStorage | None) -> ClaimAnswers:
    """The claim and everything that is wrong with it; the file is looked at, too."""
    answers = Answers(form)
    claim = ClaimAnswers(
        office=answers.text("office", most=200),
        position=answers.text("position", most=200),
        evidence=answers.text("evidence", most=4000, lines=True),
        accepted_terms=answers.ticked("accept_terms"),
        accepted_processing=answers.ticked("accept_processing"),
    )
    needed = Text("Perlu diterima untuk melanjutkan.", "Needs to be accepted to go on.")
    for name, accepted in (("accept_terms", claim.accepted_terms), ("accept_processing", claim.accepted_processing)):
        if not accepted:
            answers.wrong(name, needed)
    claim.errors = answers.errors
    if upload is not None and upload.filename:
        try:
            claim.file = check_evidence(upload.stream.read(MOST_BYTES + 1), upload.filename)
        except Invalid as error:
            claim.errors.update({name: list(messages) for name, messages in error.fields.items()})
    return claim


@dataclass
class MunicipalityAnswers:
    """What a municipality says of itself as it was typed; `changes` goes to `services.change_municipality`."""

    values: dict[str, Any]
    place_text: str
    errors: dict[str, list[str]]

    @property
    def changes(self) -> dict[str, Any]:
        """The values; raises Invalid with all mistakes when there is one."""
        if self.errors:
            raise Invalid(fields=self.errors)
        return self.values


def shown_municipality(municipality: Municipality) -> MunicipalityAnswers:
    """The form as it stands before anybody types."""
    names = ("name", "contact_email", "contact_phone", "centre_lon", "centre_lat", "zoom", "brand_colour")
    return MunicipalityAnswers({name: getattr(municipality, name) for name in names}, "", {})


def read_municipality(form: Mapping[str, str]) -> MunicipalityAnswers:
    """The form as it was sent, and everything that is wrong with it."""
    answers = Answers(form)
    email = answers.text("contact_email", most=200, optional=True)
    phone = answers.text("contact_phone", most=30, optional=True)
    colour = answers.text("brand_colour", most=7).lower()
    if email and checked_address(email) is None:
        answers.wrong("contact_email", _EMAIL)
    if phone and not _PHONE_FORM.fullmatch(phone):
        answers.wrong("contact_phone", _PHONE)
    if colour and not is_colour(colour):
        answers.wrong("brand_colour", _COLOUR)
    lon, lat = _read_place(form, answers)
    values = {
        "name": answers.text("name", most=120),
        "contact_email": email or None,
        "contact_phone": phone or None,
        "centre_lon": lon,
        "centre_lat": lat,
        "zoom": answers.whole("zoom", least=LEAST_ZOOM, most=MOST_ZOOM) or 12,
        "brand_colour": colour or None,
    }
    return MunicipalityAnswers(values, form.get("place.text", ""), answers.errors)


def _read_place(form: Mapping[str, str], answers: Answers) -> tuple[float | None, float | None]:
    """Longitude and latitude: of a pasted link or pair of coordinates, else of the tapped point."""
    written = form.get("place.text", "").strip()
    lon, lat = form.get("place.lon", "").strip(), form.get("place.lat", "").strip()
    found = find_coordinates(written) or find_coordinates(f"{lat},{lon}")
    if found is None and not (written or lon or lat):
        return None, None
    if found is None or not in_indonesia(*found):
        answers.wrong("place", _PLACE)
        return None, None
    return found
