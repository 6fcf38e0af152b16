"""Differences between two versions in the reader's words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app_catalog.definitions.differences import Difference
from lumbung.i18n import pick, t

_LONGEST = 200
_TONES = {"added": "green", "removed": "red", "changed": "blue"}


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A difference in the reader's words."""

    name: str
    change_name: str
    tone: str
    needs: str
    meaning: str
    values: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """The differences of one area, or of one area of a type of record."""

    name: str
    shown: Sequence[ShownDifference]
    words: Sequence[ShownDifference]


def group_differences(differences: Sequence[Difference]) -> list[DifferenceGroup]:
    """Differences by area; those that are nothing but other words or looks stand apart (`words`)."""
    groups = []
    for area, members in groupby(differences, key=lambda one: one.area):
        found = list(members)
        rules = [_shown(one) for one in found if not _is_words(one)]
        groups.append(DifferenceGroup(area_name(area), rules, [_shown(one) for one in found if _is_words(one)]))
    return groups


def plain_words(value: Any) -> str:
    """A value of a definition as people read it."""
    if value is None:
        return t("tidak ada", "none")
    if isinstance(value, bool):
        return t("ya", "yes") if value else t("tidak", "no")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _is_words(one: Difference) -> bool:
    return one.weight == "words" and one.change == "changed"


def _shown(one: Difference) -> ShownDifference:
    return ShownDifference(
        pick(one.name),
        {
            "added": t("baru", "new"),
            "removed": t("dihapus", "removed"),
            "changed": t("berubah", "changed"),
        }[one.change],
        _TONES[one.change],
        t("perlu jawaban saat memindah", "asks for an answer when moving") if one.weight == "mapping" else "",
        pick(one.meaning),
        [
            (each.path, f"{plain_words(each.before)} → {plain_words(each.after)}")
            for each in one.properties
            if one.change == "changed" and not each.path.endswith("order")
        ],
    )


def area_name(area: str) -> str:
    """What people call an area of differences."""
    return {
        "app": t("Aplikasi", "The app"),
        "settings": t("Pengaturan", "Settings"),
        "roles": t("Peran", "Roles"),
        "record_types": t("Jenis berkas", "Types of record"),
        "fields": t("Isian", "Fields"),
        "states": t("Status", "States"),
        "actions": t("Tindakan", "Actions"),
        "clocks": t("Tenggat", "Deadlines"),
        "access": t("Siapa melihat apa", "Who sees what"),
        "automations": t("Yang terjadi dengan sendirinya", "What happens by itself"),
        "satisfaction": t("Kepuasan warga", "Citizens’ satisfaction"),
        "pages": t("Halaman", "Pages"),
        "messages": t("Pesan", "Messages"),
        "documents": t("Dokumen", "Documents"),
        "scenarios": t("Uji", "Proofs"),
        "examples": t("Contoh", "Examples"),
        "catalog": t("Keterangan di katalog", "What the catalog says"),
        "files": t("Gambar dan berkas", "Pictures and files"),
    }[area]
