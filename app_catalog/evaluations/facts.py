"""The period's facts, filled in by the platform and marked as such; the runtime counts them (ADR 0011)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

from flask import Flask, current_app

from app_catalog.installations.models import Installation
from lumbung.db.tenancy import AnySession
from lumbung.errors import Unavailable
from lumbung.i18n import show_number, show_span, t

_EXTENSION = "lumbung_facts_source"


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of one installation over days that are both included, by the municipality's time zone.

    Each counts what happened in the period, whenever the record was made: `records` were received, `closed` came to an
    end (once more after each reopening). `due` counts the deadlines that were decided (met, or missed), `in_time` those
    met before they were due. `median_seconds` is the median time from receipt to closing, None when nothing was closed.
    `reopened` counts how often a record was reopened. `rated` counts ratings of satisfaction first given in the period,
    `rating_mean` is their mean on the scale of five; both None below five ratings, which could tell of one person.
    """

    records: int
    closed: int
    due: int
    in_time: int
    median_seconds: float | None
    reopened: int
    rated: int | None = None
    rating_mean: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The figures as they are kept."""
        return asdict(self)


class FactsSource(Protocol):
    """Counts the facts of the session's municipality."""

    def count(self, session: AnySession, installation: Installation, *, first: date, last: date) -> Facts: ...


def install_facts_source(app: Flask, source: FactsSource) -> None:
    """From now on evaluations are filled in by `source`."""
    app.extensions[_EXTENSION] = source


def count_facts(session: AnySession, installation: Installation, *, first: date, last: date) -> Facts:
    """The facts of the period; raises Unavailable when nobody can count."""
    source: FactsSource | None = current_app.extensions.get(_EXTENSION)
    if source is None:
        raise Unavailable
    return source.count(session, installation, first=first, last=last)


def told_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The figures in words, for people."""
    if not facts:
        return []
    share = f" ({round(100 * facts['in_time'] / facts['due'])} %)" if facts["due"] else ""
    median = facts["median_seconds"]
    return [
        (t("Laporan diterima", "Records received"), show_number(facts["records"])),
        (t("Sudah selesai", "Closed"), show_number(facts["closed"])),
        (
            t("Tenggat yang dipenuhi", "Deadlines met"),
            t("{n} dari {total}", "{n} of {total}", n=facts["in_time"], total=facts["due"]) + share,
        ),
        (t("Waktu penyelesaian (median)", "Time to close (median)"), show_span(median) if median is not None else "–"),
        (t("Dibuka kembali", "Reopened"), show_number(facts["reopened"])),
        *_satisfaction(facts),
    ]


def _satisfaction(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The ratings in words; nothing where they are withheld, or were not counted yet."""
    if not facts.get("rated"):
        return []
    mean = show_number(facts["rating_mean"])
    told = t("{mean} dari 5, {n} penilaian", "{mean} of 5, {n} ratings", mean=mean, n=show_number(facts["rated"]))
    return [(t("Kepuasan warga", "Citizens’ satisfaction"), told)]
