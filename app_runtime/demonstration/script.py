"""What the script of a city is made of: offices, people, places, and how it runs the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PASSWORD = "peragaan-2026"  # noqa: S105 - shared by invented people and printed at every start.
APP = "siaran"


@dataclass(frozen=True, slots=True)
class Office:
    """An agency: its key, names, and the key of the one above."""

    key: str
    name: str
    short_name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented. `login` stands before the @; `roles` are written as in `tenants.people.roles`."""

    login: str
    name: str
    position: str
    office: str | None = None
    head: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the city that people name, with its longitude and latitude."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One municipality of the demonstration.

    `agencies` says which office answers for each category of the app. `silence_days` is how old a report must be so
    that the time to respond is certainly over, holidays included. Where nobody heads an office the admin stands in,
    unless the city is `headless`.
    """

    slug: str
    region_code: str
    contact_phone: str
    centre: tuple[float, float]
    zoom: int
    colour: str
    initials: str
    offices: tuple[Office, ...]
    people: tuple[Person, ...]
    spots: tuple[Spot, ...]
    agencies: Mapping[str, str]
    settings: Mapping[str, object] = field(default_factory=dict)
    own_name: Mapping[str, str] | None = None
    silence_days: int = 3
    headless: bool = False

    @property
    def straight(self) -> bool:
        """Whether reports go to the agency without a dispatcher."""
        return bool(self.settings.get("straight_to_agency"))

    @property
    def checked_first(self) -> bool:
        """Whether reports are shown only once an official has looked at them."""
        return self.settings.get("publish", "checked") == "checked"

    def address(self, person: Person) -> str:
        """The person's e-mail address, under a domain that nobody can own (RFC 2606)."""
        return f"{person.login}@{self.slug}.example.org"

    def with_role(self, role: str) -> Person:
        """The first person with this role."""
        return next(person for person in self.people if role in person.roles)

    def handler_of(self, office: str) -> Person:
        """Who answers for this office."""
        return next(person for person in self.people if person.office == office and HANDLER in person.roles)


ADMIN = "tenant_admin"
EVALUATOR = "evaluator"
DISPATCHER = f"{APP}:dispatcher"
HANDLER = f"{APP}:handler"
VOICES = "aspirasi"
"""The app for ideas and complaints, which one of the cities publishes and runs."""
VOICE_SECRETARY = f"{VOICES}:secretary"
VOICE_HANDLER = f"{VOICES}:handler"
VOICE_ROLES = (VOICE_SECRETARY, VOICE_HANDLER)

HUB_DOMAIN = "lumbung.example.org"
OPERATOR_LOGIN = f"operator@{HUB_DOMAIN}"
CITIZEN_LOGIN = "warga@example.org"
CLAIMANT_LOGIN = "ratna@bogor.example.org"
PROVINCE_LOGIN = "program@bantenprov.example.org"
CLAIMED_REGION = "32.71"
