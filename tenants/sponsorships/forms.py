"""What a sponsor types: who they are, what they pay, and what others may see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from lumbung.errors import Invalid
from lumbung.i18n import Text, show_rupiah
from lumbung.money.agreements import LEAST, MOST
from lumbung.money.models import Cadence
from tenants.answers import Answers
from tenants.sponsorships.models import Sponsor, SponsorKind

SUGGESTED: Final = (250_000, 1_000_000, 5_000_000)
MOST_BY_BANK: Final = 100_000_000_000
LONGEST_NAME: Final = 120
LONGEST_MESSAGE: Final = 280
KINDS: Final[Mapping[SponsorKind, Text]] = {
    SponsorKind.COMPANY: Text("Perusahaan", "Company"),
    SponsorKind.GRANT_GIVER: Text("Yayasan atau pemberi hibah", "Foundation or grant giver"),
    SponsorKind.PERSON: Text("Perorangan", "Person"),
}
_AMOUNT = Text("Isi antara {least} dan {most}.", "Enter between {least} and {most}.")
_WEBSITE = Text("Tulis alamat lengkap yang diawali https://.", "Write the whole address, beginning with https://.")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_RUPIAH = re.compile(r"(?:rp\.?)?\s*([0-9][0-9. ]{0,20})(?:,-|,00)?")


@dataclass
class SponsorAnswers:
    """Who sponsors, as it was typed."""

    name: str = ""
    kind: str = ""
    website: str = ""
    city: str = ""
    about: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class SponsorshipAnswers:
    """A sponsorship as it was typed. `chosen` is a suggested amount or `other`; `amount` whole rupiah, 0 when wrong."""

    sponsor: SponsorAnswers = field(default_factory=SponsorAnswers)
    chosen: str = ""
    other: str = ""
    amount: int = 0
    cadence: str = ""
    anonymous: bool = False
    message: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    def require_valid(self) -> None:
        """Raise Invalid with all mistakes when there is one."""
        if self.errors or self.sponsor.errors:
            raise Invalid(fields={**self.sponsor.errors, **self.errors})


def read_sponsor(form: Mapping[str, str]) -> SponsorAnswers:
    """Who sponsors, and everything that is wrong with it."""
    answers = Answers(form)
    website = answers.text("website", most=200, optional=True)
    if website and not is_website(website):
        answers.wrong("website", _WEBSITE)
    return SponsorAnswers(
        name=answers.text("name", most=LONGEST_NAME),
        kind=str(answers.choice("kind", KINDS) or ""),
        website=website,
        city=answers.text("city", most=80, optional=True),
        about=answers.text("about", most=400, optional=True, lines=True),
        errors=answers.errors,
    )


def shown_sponsor(sponsor: Sponsor | None) -> SponsorAnswers:
    """The form as it stands before anybody types."""
    if sponsor is None:
        return SponsorAnswers()
    names = ("name", "kind", "website", "city", "about")
    return SponsorAnswers(**{name: getattr(sponsor, name) for name in names})


def read_sponsorship(form: Mapping[str, str]) -> SponsorshipAnswers:
    """A sponsorship and everything that is wrong with it."""
    answers = Answers(form)
    chosen = form.get("amount", "").strip()
    other = form.get("other", "").strip()[:40]
    written = other if chosen in {"", "other"} else chosen
    read = SponsorshipAnswers(
        sponsor=read_sponsor(form),
        chosen=chosen if chosen in map(str, SUGGESTED) else "other",
        other=other or ("" if chosen in {*map(str, SUGGESTED), "other"} else chosen[:40]),
        cadence=str(answers.choice("cadence", Cadence) or ""),
        anonymous=answers.ticked("anonymous"),
        message=answers.text("message", most=LONGEST_MESSAGE, optional=True),
        errors=answers.errors,
    )
    read.amount = read_amount(answers, "other" if read.chosen == "other" else "amount", written, most=MOST_BY_BANK)
    return read


def read_amount(answers: Answers, name: str, written: str, *, most: int = MOST) -> int:
    """Whole rupiah, also of `Rp 1.000.000`; 0, with a mistake noted, when it is none or out of bounds."""
    found = _RUPIAH.fullmatch(written.strip().lower())
    amount = int(re.sub(r"[. ]", "", found[1])) if found else 0
    if LEAST <= amount <= most:
        return amount
    answers.wrong(name, _AMOUNT.format(least=show_rupiah(LEAST), most=show_rupiah(most)))
    return 0


def is_website(written: str) -> bool:
    """Whether it is the plain address of a page on the web, by a public name."""
    try:
        parts = urlsplit(written)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.password is None and port is None
    return parts.scheme in {"https", "http"} and plain and _HOST.fullmatch(host) is not None
