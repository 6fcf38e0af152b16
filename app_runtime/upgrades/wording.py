"""Words for differences, findings, moves and their outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app_catalog.definitions.differences import Difference
from app_catalog.installations.models import VersionChange
from app_catalog.installations.values import show_duration
from app_runtime.upgrades.models import MovedRecord, RecordMove
from app_runtime.upgrades.report import SettingFinding
from lumbung.i18n import pick, show_datetime, t

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
        groups.append(DifferenceGroup(_area_name(area), rules, [_shown(one) for one in found if _is_words(one)]))
    return groups


def setting_words(finding: SettingFinding) -> str:
    """What happens to a setting, in a sentence."""
    before, after = _value(finding.before), _value(finding.after)
    if finding.kind == "appears":
        return t("Nilainya {value} sampai Anda mengubahnya.", "It is {value} until you change it.", value=after)
    if finding.kind == "drops":
        if not finding.own:
            return t("Tidak ada lagi di versi ini.", "It is no longer there in this version.")
        return t(
            "Nilai Anda ({value}) tidak dipakai berkas baru; disimpan bila Anda kembali.",
            "Your value ({value}) is not used for new records; it is kept in case you go back.",
            value=before,
        )
    if finding.kind == "misfit":
        return t("Nilai Anda tidak cocok lagi.", "Your value does not fit any more.")
    return t("Berubah dari {before} menjadi {after}.", "Changes from {before} to {after}.", before=before, after=after)


def move_words(move: RecordMove) -> tuple[str, str]:
    """How far a move is, and its tone."""
    return {
        "running": (t("sedang dipindah", "moving"), "blue"),
        "done": (t("selesai", "done"), "green"),
        "undoing": (t("sedang dikembalikan", "being taken back"), "blue"),
        "undone": (t("sudah dikembalikan", "taken back"), "grey"),
        "failed": (t("terhenti", "stopped"), "red"),
    }[move.status]


def problem_words(moved: MovedRecord) -> Iterator[str]:
    """Why a record was not moved, or not taken back."""
    told = {
        "gone": t("Berkas sudah tidak ada.", "The record is gone."),
        "moved-on": t(
            "Berkas sudah dipindah lagi sesudahnya; kembalikan pemindahan itu dulu.",
            "The record has been moved again since; take that move back first.",
        ),
    }
    for name, texts in (moved.problems or {}).items():
        for text in texts:
            yield told.get(text) or f"{name}: {text}"


def change_items(changes: Sequence[VersionChange], zone: str) -> list[dict[str, Any]]:
    """Changes of the version for a timeline, in the municipality's time zone."""
    return [
        {
            "title": t(
                "{before} menjadi {after}", "{before} to {after}", before=change.from_version, after=change.to_version
            ),
            "time": show_datetime(change.created_at, zone),
            "iso": change.created_at.isoformat(),
            "actor": t("dengan sendirinya", "by itself") if change.automatic else change.actor_name,
            "text": change.reason,
            "icon": "arrow-back-up" if change.kind == "went_back" else "versions",
        }
        for change in changes
    ]


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
            (each.path, f"{_plain(each.before)} → {_plain(each.after)}")
            for each in one.properties
            if one.change == "changed" and not each.path.endswith("order")
        ],
    )


def _plain(value: Any) -> str:
    if value is None:
        return t("tidak ada", "none")
    if isinstance(value, bool):
        return t("ya", "yes") if value else t("tidak", "no")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _value(value: Any) -> str:
    if isinstance(value, str) and value.startswith("P"):
        return show_duration(value)
    if isinstance(value, dict):
        return t("{n} baris", "{n} rows", n=len(value))
    return _plain(value)


def _area_name(area: str) -> str:
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
        "pages": t("Halaman", "Pages"),
        "messages": t("Pesan", "Messages"),
        "scenarios": t("Uji", "Proofs"),
        "examples": t("Contoh", "Examples"),
        "catalog": t("Keterangan di katalog", "What the catalog says"),
        "files": t("Gambar dan berkas", "Pictures and files"),
    }[area]
