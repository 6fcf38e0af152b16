"""How much two packages do the same, part by part; a score that says where it comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

THRESHOLD = 0.8
"""Packages that score less are not told: apps of one trade share steps and deadlines without doing the same. Of 400
generated apps no two that differ reach 0.74, and no copy is below 0.89."""
LEAST_FIELDS = 0.4
"""Below this share of equal fields two packages keep different things, however alike they work."""
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"fields": 0.5, "states": 0.08, "clocks": 0.05, "settings": 0.07, "words": 0.15, "category": 0.15}
)
"""How much each part counts; parts that neither package has are left out, and the others count the more."""
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a package: what is in it, by a folded name, with the name as it is written."""

    named: Mapping[str, str]
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Profile:
    """What a package is compared by."""

    id: str
    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a part is the same (0 to 1), and the first few things that both have."""

    score: float
    common: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two packages that do the same: the score (0 to 1), and the parts that it comes from."""

    one: str
    other: str
    score: float
    parts: Mapping[str, Share]


def profile_of(canonical: Mapping[str, Any]) -> Profile:
    """The profile of a package in canonical form."""
    app, records = canonical["app"], canonical["records"].values()
    fields = [pair for record in records for pair in _fields(record.get("fields", {}))]
    flows = [record.get("workflow", {}) for record in records]
    described = canonical.get("publiccode", {}).get("description", {})
    texts = [text for one in described.values() for text in (one.get("localisedName"), one.get("shortDescription"))]
    words = " ".join([*app["name"].values(), *(text for text in texts if text)])
    return Profile(
        app["id"],
        {
            "fields": _part(fields),
            "states": _part(pair for flow in flows for pair in _labelled(flow.get("states", {}))),
            "clocks": _part(pair for record in records for pair in _labelled(record.get("clocks", {}))),
            "settings": _part(_labelled(app.get("settings", {}))),
            "words": Part(dict.fromkeys(_words(words), "")),
            "category": Part({app["category"]: ""}),
        },
    )


def compare_profiles(one: Profile, other: Profile) -> Overlap:
    """How much two packages do the same."""
    shares = {name: share for name in WEIGHTS if (share := _share(one.parts[name], other.parts[name])) is not None}
    weight = sum(WEIGHTS[name] for name in shares)
    score = sum(WEIGHTS[name] * share.score for name, share in shares.items()) / weight if weight else 0.0
    return Overlap(one.id, other.id, round(score, 3), shares)


def find_overlaps(profiles: Sequence[Profile]) -> list[Overlap]:
    """The pairs that do the same, the closest first."""
    found = (compare_profiles(one, other) for one, other in _candidates(profiles))
    return sorted(filter(is_told, found), key=lambda overlap: (-overlap.score, overlap.one, overlap.other))


def overlaps_with(profile: Profile, others: Iterable[Profile]) -> list[Overlap]:
    """Those of the others that do the same as a package, the closest first."""
    found = (compare_profiles(profile, other) for other in others if other.id != profile.id)
    return sorted(filter(is_told, found), key=lambda overlap: (-overlap.score, overlap.other))


def is_told(overlap: Overlap) -> bool:
    """Whether two packages are so alike that somebody should hear of it."""
    fields = overlap.parts.get("fields")
    return overlap.score >= THRESHOLD and fields is not None and fields.score >= LEAST_FIELDS


def _candidates(profiles: Sequence[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Pairs whose fields alone could be enough, which is told by counting."""
    for one, other in combinations(profiles, 2):
        ours, theirs = one.parts["fields"], other.parts["fields"]
        least, most = sorted((len(ours.named), len(theirs.named)))
        if most and least / most >= LEAST_FIELDS and (_jaccard(ours, theirs) >= LEAST_FIELDS):
            yield one, other


def _share(one: Part, other: Part) -> Share | None:
    if not one.named and not other.named:
        return None
    common = sorted(one.named.keys() & other.named.keys())
    names = tuple(one.named[key] for key in common if one.named[key])[:_MOST_NAMED]
    return Share(round(_jaccard(one, other), 3), names)


def _jaccard(one: Part, other: Part) -> float:
    """What both have of what either has: by name, or by id where a translation changed the names."""
    by_name = _ratio(one.named.keys(), other.named.keys())
    return max(by_name, _ratio(one.ids, other.ids)) if one.ids and other.ids else by_name


def _ratio(one: Any, other: Any) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def _fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, spec in fields.items():
        if spec.get("type") == "group":
            yield from _fields(spec.get("fields", {}))
        else:
            yield f"{name}:{spec.get('type')}", _label(spec) or name


def _labelled(things: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, spec in things.items():
        yield name, _label(spec) or name


def _label(spec: Mapping[str, Any]) -> str:
    label = spec.get("label", {})
    return str(label.get("id") or next(iter(label.values()), ""))


def _part(pairs: Iterable[tuple[str, str]]) -> Part:
    found = list(pairs)
    return Part({_folded(label): label for _, label in found}, frozenset(name for name, _ in found))


def _folded(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def _words(text: str) -> Iterator[str]:
    """Trigrams of each word, so that endings and small changes count little."""
    for word in _folded(text).split():
        padded = f"  {word} "
        yield from (padded[at : at + 3] for at in range(len(padded) - 2))
