"""The areas of a municipality as a control offers them: villages below their district."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lumbung.i18n import t
from tenants.regions.areas import AreaDistrict, AreaKind, Areas

AreaGroup = tuple[str, Sequence[tuple[str, str]]]
"""The words above a group (none for what stands outside of any), and its options as (value, label)."""


def area_groups(areas: Areas, of: AreaKind | None, standing: Iterable[str] = ()) -> list[AreaGroup]:
    """The groups of a control, those of `standing` first that the list does not have; empty without a list."""
    if not areas.texts(of):
        return []
    former = [text for text in dict.fromkeys(standing) if text and not areas.has(text, of)]
    unlisted = t("tidak ada di daftar", "not on the list")
    groups: list[AreaGroup] = [("", [(text, f"{text} ({unlisted})") for text in former])] if former else []
    if of == "district":
        return [*groups, ("", [(text, text) for text in areas.texts(of)])]
    for district in areas.districts:
        options = [] if of else [(district.name, _whole(district))]
        options += [(village.text, village.text) for village in district.villages]
        if options:
            groups.append((t("Kecamatan {name}", "{name} district", name=district.name), options))
    return groups


def area_choices(areas: Areas, of: AreaKind | None) -> list[tuple[str, str]]:
    """What a filter offers for a field of areas, as (value, label): also for villages alone (`of`) each district before
    its villages, because a district finds them."""
    if of == "district":
        return [(text, text) for text in areas.texts(of)]
    found = []
    for district in areas.districts:
        found.append((district.name, _whole(district)))
        found += [(village.text, village.text) for village in district.villages]
    return found


def _whole(district: AreaDistrict) -> str:
    # The name first: a narrow control shows the beginning.
    return t("{name} (seluruh kecamatan)", "{name} (the whole district)", name=district.name)
