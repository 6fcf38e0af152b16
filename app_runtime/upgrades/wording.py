"""Words for differences, findings, moves and their outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from app_catalog.catalog.difference_words import plain_words
from app_catalog.installations.models import VersionChange
from app_catalog.installations.values import show_duration
from app_runtime.upgrades.models import MovedRecord, RecordMove
from app_runtime.upgrades.report import SettingFinding
from lumbung.i18n import show_datetime, t


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
    if finding.kind == "retyped":
        return t(
            "Jenis nilainya berubah. Isi yang baru di bawah; berkas di versi lama tetap memakai {value}.",
            "It takes another kind of value. Enter a new one below; records of the old version keep {value}.",
            value=before,
        )
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


def _value(value: Any) -> str:
    if isinstance(value, str) and value.startswith("P"):
        return show_duration(value)
    if isinstance(value, dict):
        return t("{n} baris", "{n} rows", n=len(value))
    if isinstance(value, list) and value and all(_is_id(one) for one in value):
        return t("{n} berkas", "{n} file" if len(value) == 1 else "{n} files", n=len(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return plain_words(value)


def _is_id(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
