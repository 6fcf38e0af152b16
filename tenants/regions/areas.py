"""Districts and villages of one regency or city, and which of them people mean by what they write."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest
from importlib.resources import files
from io import BytesIO
from itertools import groupby, pairwise
from typing import Literal
from zipfile import ZipFile

from lumbung.i18n import t
from tenants.regions.reference import District, districts, folded

AreaKind = Literal["district", "village"]
"""What a field may be limited to."""
_KINDS: tuple[AreaKind, ...] = ("district", "village")
LONGEST_AREA = 100
"""Characters that are looked at; no area's text is longer."""

_KEPT = 32
"""Regencies that a process remembers: the largest has some 900 areas."""
_NEAREST = 2
# The fourth part of a village's code begins with its kind (Permendagri 137 Tahun 2017).
_VILLAGE_KINDS = {"1": "Kelurahan", "2": "Desa"}
_PREFIX = re.compile(r"(?P<district>kecamatan|kec|distrik)|(?:kelurahan|kel|desa|ds)")


@dataclass(frozen=True, slots=True)
class Village:
    """A village (kelurahan or desa): its code (`36.74.01.1001`), name, and the text by which records name it."""

    code: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AreaDistrict:
    """A district with its villages in the order of their codes; records name it by its `name`."""

    code: str
    name: str
    villages: tuple[Village, ...]


@dataclass(frozen=True)
class Areas:
    """The districts of one regency or city in the order of their codes; none where the data knows no such code.

    An area is written down as the district's name, or as `Village, District`: each text is one area.
    """

    districts: tuple[AreaDistrict, ...] = ()

    def texts(self, of: AreaKind | None = None) -> Sequence[str]:
        """What may be chosen, each district before its villages; only those of one kind with `of`."""
        return tuple(self._by_text[of])

    def has(self, text: str, of: AreaKind | None = None) -> bool:
        """Whether this is the very text of an area."""
        return text in self._by_text[of]

    def find(self, written: str, of: AreaKind | None = None) -> str | None:
        """The text of the one area that is meant; None when there is none, or several.

        Case, blanks, hyphens and a leading `Kec.`, `Kecamatan`, `Kel.`, `Kelurahan` or `Desa` do not matter, and of a
        village that has no namesake the district may be left out.
        """
        if self.has(written, of):
            return written
        kinds: tuple[AreaKind, ...] = (of,) if of else _KINDS
        tries = [(kinds, _folded(written[:LONGEST_AREA]))]
        if (prefixed := _without_prefixes(written[:LONGEST_AREA])) is not None:
            kind, rest = prefixed
            tries.append(((kind,) if kind in kinds else (), rest))
        for asked, name in tries:
            for names in (self._whole_names, self._short_names):
                if found := {text for one in asked for text in names[one].get(name, ())}:
                    return found.pop() if len(found) == 1 else None
        return None

    def with_villages(self, texts: Iterable[str]) -> tuple[str, ...]:
        """These texts, each district followed by its villages: what a filter by them finds. A village stands for itself
        alone, and so does what is no area here."""
        return tuple(dict.fromkeys(one for text in texts for one in (text, *self._villages.get(text, ()))))

    def nearest(self, written: str, of: AreaKind | None = None) -> Sequence[str]:
        """The two areas whose texts are most like what is written."""
        pairs, scores = _pairs(_folded(written[:LONGEST_AREA])), dict[str, float]()
        for kind in (of,) if of else _KINDS:
            for names in (self._whole_names, self._short_names):
                for name, texts in names[kind].items():
                    own = _pairs(name)
                    score = 2 * len(pairs & own) / (len(pairs) + len(own))
                    scores[texts[0]] = max(score, scores.get(texts[0], 0.0))
        return tuple(nlargest(_NEAREST, scores, key=scores.__getitem__))

    @cached_property
    def _by_text(self) -> Mapping[AreaKind | None, Mapping[str, None]]:
        found: dict[AreaKind | None, dict[str, None]] = {None: {}, "district": {}, "village": {}}
        for district in self.districts:
            found["district"][district.name] = found[None][district.name] = None
            for village in district.villages:
                found["village"][village.text] = found[None][village.text] = None
        return found

    @cached_property
    def _villages(self) -> Mapping[str, Sequence[str]]:
        return {one.name: [village.text for village in one.villages] for one in self.districts}

    @cached_property
    def _whole_names(self) -> Mapping[AreaKind, Mapping[tuple[str, ...], list[str]]]:
        found: dict[AreaKind, dict[tuple[str, ...], list[str]]] = {"district": {}, "village": {}}
        for district in self.districts:
            found["district"].setdefault(_folded(district.name), []).append(district.name)
            for village in district.villages:
                for name in dict.fromkeys((village.text, f"{village.name}, {district.name}")):
                    found["village"].setdefault(_folded(name), []).append(village.text)
        return found

    @cached_property
    def _short_names(self) -> Mapping[AreaKind, Mapping[tuple[str, ...], list[str]]]:
        villages: dict[tuple[str, ...], list[str]] = {}
        for district in self.districts:
            for village in district.villages:
                villages.setdefault(_folded(village.name), []).append(village.text)
        return {"district": {}, "village": villages}


@lru_cache(maxsize=_KEPT)
def areas_of(region_code: str) -> Areas:
    """The districts and villages of the regency or city with this code (`36.74`); none for a code that is nobody's."""
    known = districts().get(region_code, ())
    if not known:
        return Areas()
    villages = {code: list(rows) for code, rows in groupby(_villages_of(region_code), lambda row: row[0][:8])}
    return Areas(tuple(_district(one, villages.get(one.code, [])) for one in known))


def refusal_of_area(areas: Areas, written: str, of: AreaKind | None = None) -> str:
    """What is said of a text that is no area here: what to do, with the two nearest names."""
    names = areas.nearest(written, of)
    first, second = names[0], names[-1]
    values = {"written": written[:LONGEST_AREA], "first": first, "second": second}
    if of == "district":
        return t(
            "“{written}” bukan kecamatan di daerah ini. Pilih dari daftar, misalnya “{first}” atau “{second}”.",
            "“{written}” is no district of this municipality. Choose from the list, such as “{first}” or “{second}”.",
            **values,
        )
    if of == "village":
        return t(
            "“{written}” bukan kelurahan atau desa di daerah ini, atau ada beberapa yang bernama itu. Pilih dari "
            "daftar, misalnya “{first}” atau “{second}”.",
            "“{written}” is no village of this municipality, or several have this name. Choose from the list, such as "
            "“{first}” or “{second}”.",
            **values,
        )
    return t(
        "“{written}” bukan kecamatan, kelurahan, atau desa di daerah ini, atau ada beberapa yang bernama itu. Pilih "
        "dari daftar, misalnya “{first}” atau “{second}”.",
        "“{written}” is no district or village of this municipality, or several have this name. Choose from the list, "
        "such as “{first}” or “{second}”.",
        **values,
    )


def _district(district: District, rows: Sequence[tuple[str, str]]) -> AreaDistrict:
    return AreaDistrict(district.code, district.name, tuple(_with_texts(district.name, rows)))


def _with_texts(district: str, rows: Sequence[tuple[str, str]]) -> Iterator[Village]:
    """Villages with texts that are each one's own: namesakes in one district have their kind, else their code."""
    kinds: dict[str, list[str]] = {}
    for code, name in rows:
        kinds.setdefault(name, []).append(_VILLAGE_KINDS.get(code[9:10], ""))
    for code, name in rows:
        same, kind = kinds[name], _VILLAGE_KINDS.get(code[9:10], "")
        if len(same) == 1:
            told = name
        elif kind and same.count(kind) == 1:
            told = f"{kind} {name}"
        else:
            told = f"{name} ({code})"
        yield Village(code, name, f"{told}, {district}")


def _villages_of(region_code: str) -> list[tuple[str, str]]:
    """Codes and names of the villages of a regency, out of the one part of the file that has its province."""
    packed = files("tenants.regions").joinpath("data", "villages.zip").read_bytes()
    with ZipFile(BytesIO(packed)) as archive:
        text = archive.read(f"{region_code[:2]}.csv").decode()
    # By code, so that those of one regency stand together.
    begin = text.find(f"\n{region_code}.") + 1
    end = text.find("\n", text.rfind(f"\n{region_code}.") + 1)
    rows: Iterable[list[str]] = csv.reader(text[begin:end].splitlines()) if begin else ()
    return [(code, name) for code, name in rows]


def _folded(written: str) -> tuple[str, ...]:
    return tuple(folded(part) for part in written.split(","))


def _pairs(name: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """The letters that follow each other, as Dice compares words."""
    return frozenset(pairwise(f" {','.join(name)} "))


def _without_prefixes(written: str) -> tuple[AreaKind, tuple[str, ...]] | None:
    """What the first word says that it is, and the name without such words; None when no word says it."""
    parts = [part.strip().partition(" ") for part in written.replace(".", ". ").split(",")]
    kinds: list[AreaKind | None] = []
    names = []
    for first, _, rest in parts:
        told = _PREFIX.fullmatch(first.rstrip(".").casefold()) if rest.strip() else None
        kinds.append(None if told is None else "district" if told["district"] else "village")
        names.append(rest if told else f"{first} {rest}")
    if not any(kinds):
        return None
    return kinds[0] or ("village" if len(parts) > 1 else "district"), tuple(folded(name) for name in names)
