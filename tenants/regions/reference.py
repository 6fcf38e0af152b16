"""Indonesia's provinces, regencies and cities, and districts, from `data` (see its `ATTRIBUTION.md`)."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from tenants.regions.aliases import ALIASES
from tenants.regions.slugs import slug_from

RegencyKind = Literal["kota", "kabupaten"]
ZoneName = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]

ZONE_LABELS: Mapping[ZoneName, str] = {
    "Asia/Jakarta": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}

# Keputusan Presiden 41 Tahun 1987; provinces made since then keep the zone of the province they came from.
_ZONES: Mapping[ZoneName, frozenset[str]] = {
    "Asia/Jakarta": frozenset(
        {
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "17",
            "18",
            "19",
            "21",
            "31",
            "32",
            "33",
            "34",
            "35",
            "36",
            "61",
            "62",
        }
    ),
    "Asia/Makassar": frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}),
    "Asia/Jayapura": frozenset({"81", "82", "91", "92", "93", "94", "95", "96"}),
}
LONGEST_QUERY = 100
"""Characters of a search that are looked at; no name is longer."""

_KIND_WORDS: Mapping[str, RegencyKind] = {"kota": "kota", "kabupaten": "kabupaten", "kab": "kabupaten"}


@dataclass(frozen=True, slots=True)
class Province:
    """A province: its two-digit code, name, and the time zone of all its regencies and cities."""

    code: str
    name: str
    zone: ZoneName


@dataclass(frozen=True, slots=True)
class Regency:
    """A regency or city: its code (`36.74`), official and short name, and what is suggested when it joins.

    `slug` is free of clashes among the 514. `centre` (longitude, latitude) is None for all of them: the data
    knows no places, so the map's centre is set by the municipality.
    """

    code: str
    province_code: str
    province_name: str
    name: str
    short_name: str
    kind: RegencyKind
    slug: str
    zone: ZoneName
    aliases: tuple[str, ...]
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class District:
    """A district (kecamatan): its code (`36.74.01`), name, and the code of its regency or city."""

    code: str
    regency_code: str
    name: str


@cache
def provinces() -> Mapping[str, Province]:
    """The 38 provinces by code, in the order of their codes."""
    return {
        row["code"]: Province(row["code"], row["name"], default_zone(row["code"])) for row in _rows("provinces.csv")
    }


@cache
def regencies() -> Mapping[str, Regency]:
    """The 514 regencies and cities by code, in the order of their codes."""
    rows = _rows("regencies.csv")
    bearers = Counter(_short_name(row["name"]) for row in rows)
    return {row["code"]: _regency(row, shared_name=bearers[_short_name(row["name"])] > 1) for row in rows}


@cache
def districts() -> Mapping[str, tuple[District, ...]]:
    """The districts by the code of their regency or city, in the order of their codes."""
    by_regency: dict[str, list[District]] = {code: [] for code in regencies()}
    for row in _rows("districts.csv"):
        by_regency[row["regency_code"]].append(District(row["code"], row["regency_code"], row["name"]))
    return {code: tuple(found) for code, found in by_regency.items()}


def find_regency(code: str) -> Regency | None:
    """The regency or city with this code, written `36.74` or `3674`; None when there is none."""
    digits = code.strip().replace(".", "")
    return regencies().get(f"{digits[:2]}.{digits[2:]}")


def default_zone(province_code: str) -> ZoneName:
    """The time zone of a province. Raises `KeyError` when there is no province with this code."""
    for zone, codes in _ZONES.items():
        if province_code in codes:
            return zone
    raise KeyError(province_code)


def search_regencies(query: str, *, limit: int = 20) -> list[Regency]:
    """The regencies and cities that a person may mean, best first, at most `limit`.

    Case, accents, blanks and hyphens do not matter. Found are names and parts of them, abbreviations in use
    (`tangsel`), codes, and, after all of these, everything in a province or the one around a district of this
    name. A leading `kota`, `kab` or `kabupaten` keeps to that kind when anything is left. Nothing typed finds
    nothing.
    """
    words = _words(query[:LONGEST_QUERY])
    if not words:
        return []
    if by_code := find_regency(query):
        return [by_code]
    kind = _KIND_WORDS.get(words[0]) if len(words) > 1 else None
    named = words[1:] if kind else words
    ranked = [
        (rank, regency.kind != "kota", regency.name, regency)
        for regency in regencies().values()
        if (rank := _rank(regency, named)) is not None
    ]
    of_kind = [entry for entry in ranked if entry[3].kind == kind]
    return [entry[3] for entry in sorted(of_kind or ranked, key=lambda entry: entry[:3])[:limit]]


def _rank(regency: Regency, words: tuple[str, ...]) -> int | None:
    """How well a regency answers to the words: 0 is best, None not at all."""
    typed, name = "".join(words), folded(regency.short_name)
    aliases = [folded(alias) for alias in regency.aliases]
    name_words = _words(regency.name)
    conditions = (
        typed == name or typed in aliases,
        name.startswith(typed),
        any(alias.startswith(typed) for alias in aliases),
        _all_begin(words, name_words),
        len(typed) > 2 and typed in name,
        typed in _district_names()[regency.code],
        _all_begin(words, name_words + _words(regency.province_name)),
    )
    return next((rank for rank, holds in enumerate(conditions) if holds), None)


def _all_begin(typed: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in typed)


@cache
def _district_names() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(folded(district.name) for district in found) for code, found in districts().items()}


# As many as there are names; what people type passes through without growing it further.
@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple("".join(letter if letter.isalnum() else " " for letter in kept).split())


def folded(text: str) -> str:
    """A name without what people vary: case, accents, blanks, hyphens, points."""
    return "".join(_words(text))


def _regency(row: Mapping[str, str], *, shared_name: bool) -> Regency:
    province = provinces()[row["province_code"]]
    name, short_name = row["name"], _short_name(row["name"])
    kind: RegencyKind = "kota" if name.startswith("Kota ") else "kabupaten"
    return Regency(
        code=row["code"],
        province_code=province.code,
        province_name=province.name,
        name=name,
        short_name=short_name,
        kind=kind,
        slug=slug_from(f"Kab {short_name}" if shared_name and kind == "kabupaten" else short_name),
        zone=province.zone,
        aliases=ALIASES.get(name, ()),
    )


def _short_name(name: str) -> str:
    return name.removeprefix("Kota ").removeprefix("Kabupaten ").removeprefix("Administrasi ")


def _rows(file_name: str) -> list[dict[str, str]]:
    text = files("tenants.regions").joinpath("data", file_name).read_text(encoding="utf-8")
    reader: Iterable[dict[str, str]] = csv.DictReader(text.splitlines())
    return list(reader)
