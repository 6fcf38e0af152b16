"""What is said under a form about personal data: what for, on which ground, how long (Law 27/2022, article 21)."""

from __future__ import annotations

from dataclasses import dataclass

from app_catalog.definitions.model import Definition, Duration
from lumbung.i18n import pick, t

_YEAR, _DAY = 365 * 86_400, 86_400


@dataclass(frozen=True)
class DataNotice:
    """Purpose and time of keeping, in the reader's words."""

    purpose: str
    kept_for: str


def data_notice(definition: Definition) -> DataNotice | None:
    """The notice of an app that keeps personal data; None for one that keeps none."""
    if definition.personal_data is None:
        return None
    purpose = pick(definition.personal_data.purpose)
    return DataNotice(purpose[:1].lower() + purpose[1:], _span(definition.personal_data.retention))


def _span(duration: Duration) -> str:
    years, rest = divmod(duration.seconds, _YEAR)
    if years and rest < 20 * _DAY:
        return t("{n} tahun", "{n} year" if years == 1 else "{n} years", n=years)
    days = max(1, duration.seconds // _DAY)
    return t("{n} hari", "{n} day" if days == 1 else "{n} days", n=days)
