"""Whether the public sees a record, why, and what an official can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app_runtime.records.change import open_change
from app_runtime.work.reach import Work
from lumbung.i18n import show_datetime, t


@dataclass(frozen=True, slots=True)
class Publication:
    """How a record stands with the public, in a sentence; `offers_check` when checking it would publish it."""

    state: Literal["shown", "waiting", "private", "hidden"]
    text: str
    checked: bool
    offers_check: bool


def show_publication(work: Work) -> Publication | None:
    """How the record stands with the public; None when its type is never public."""
    record, rule = work.record, work.kind.published
    if rule is None:
        return None
    if record.hidden_at is not None:
        since = show_datetime(record.hidden_at, work.app.municipality.timezone)
        text = t(
            "Disembunyikan dari umum sejak {since}. Alasan: {reason}",
            "Hidden from the public since {since}. Reason: {reason}",
            since=since,
            reason=record.hidden_reason or "–",
        )
        return Publication("hidden", text, record.checked, offers_check=False)
    if record.published:
        return Publication("shown", t("Tampil untuk umum.", "Shown to the public."), record.checked, offers_check=False)
    change = open_change(work.app, record, work.actor)
    change.looking = True
    would = work.app.evaluate(rule, change.scope({"checked": True}), rule="published").holds
    if would:
        text = t(
            "Belum tampil untuk umum. Periksa isi dan fotonya, lalu tayangkan.",
            "Not public yet. Check its text and photos, then publish it.",
        )
        return Publication("waiting", text, record.checked, offers_check=True)
    text = t("Tidak ditayangkan, menurut pengaturan.", "Not published, by the settings.")
    return Publication("private", text, record.checked, offers_check=False)
