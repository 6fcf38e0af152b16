"""Slugs of municipalities: the part of a host name that says whose portal it is."""

import re
import unicodedata
from importlib.resources import files

from lumbung.i18n import Text

LONGEST_SLUG = 40

RESERVED_SLUGS = frozenset(
    files("tenants.regions").joinpath("data", "reserved_slugs.txt").read_text(encoding="utf-8").split()
)
"""Names that would be mistaken for the platform's own, or that mail and browsers look for by themselves."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)


def slug_from(name: str) -> str:
    """A name as a slug: lower case, without accents, hyphens between words, at most `LONGEST_SLUG` long.

    Empty when the name has no letter or digit that ASCII can write.
    """
    plain = unicodedata.normalize("NFKD", name).lower()
    # Accents stand apart from their letters by now and vanish; any other mark parts two words.
    letters = "".join(letter if letter.isalnum() else "-" for letter in plain if not unicodedata.combining(letter))
    ascii_letters = letters.encode("ascii", "ignore").decode()
    return re.sub(r"-+", "-", ascii_letters).strip("-")[:LONGEST_SLUG].rstrip("-")


def slug_problem(slug: str) -> Text | None:
    """What is wrong with a slug that somebody chose, or None when it can be part of a host name (RFC 1123,
    2.1)."""
    if not 3 <= len(slug) <= LONGEST_SLUG:
        return Text(
            f"Alamat terdiri atas 3 sampai {LONGEST_SLUG} karakter.",
            f"An address has between 3 and {LONGEST_SLUG} characters.",
        )
    if not _SLUG.fullmatch(slug) or "--" in slug:
        return Text(
            "Pakai huruf kecil, angka, dan tanda hubung tunggal di antaranya, misalnya tangerang-selatan.",
            "Use lower-case letters, digits and single hyphens between them, for example tangerang-selatan.",
        )
    if slug in RESERVED_SLUGS:
        return Text(
            "Alamat ini dipakai oleh platform. Pilih yang lain.",
            "The platform uses this address. Choose another.",
        )
    return None
