"""What people type into the forms of campaigns and rubrics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app_catalog.campaigns.days import present_day
from app_catalog.campaigns.services import Days
from app_catalog.evaluations.criteria import Criterion
from app_catalog.evaluations.rubric import MOST_CRITERIA
from app_catalog.evaluations.services import usual_period
from lumbung.errors import Invalid
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text
from tenants.regions.slugs import slug_from

_DAYS = ("opens_on", "closes_on", "first", "last")
_USUAL_LENGTH = timedelta(days=30)


def usual_answers() -> dict[str, str]:
    """What the form of a new campaign begins with."""
    today = present_day()
    first, last = usual_period(today)
    days = (today, today + _USUAL_LENGTH, first, last)
    return dict(zip(_DAYS, (day.isoformat() for day in days), strict=True))


def read_title(form: Mapping[str, str], name: str = "title") -> Text:
    """A text in both languages, blanks run together."""
    return Text(*(" ".join(plain_text(form.get(f"{name}_{language}", "")).split()) for language in ("id", "en")))


def read_days(form: Mapping[str, str]) -> Days:
    """The days of a campaign. Raises Invalid with those that are no days."""
    found: dict[str, date] = {}
    errors: dict[str, list[str]] = {}
    for name in _DAYS:
        try:
            found[name] = date.fromisoformat(form.get(name, ""))
        except ValueError:
            errors[name] = [t("Isi tanggalnya.", "Enter the date.")]
    if errors:
        raise Invalid(fields=errors)
    return Days(**found)


def read_criteria(form: Mapping[str, str]) -> list[Criterion]:
    """The criteria of a rubric's form, without rows that were left empty; a weight that is no number counts as 0.

    An id that the form carries is kept, so that a criterion is compared over versions; a new one is made of the name.
    """
    criteria = []
    for number in range(MOST_CRITERIA):
        name, question = read_title(form, f"c{number}_name"), read_title(form, f"c{number}_question")
        weight = form.get(f"c{number}_weight", "").strip()
        if not any((name.id, name.en, question.id, question.en, weight)):
            continue
        found = slug_from(form.get(f"c{number}_id", "")) or slug_from(name.id) or f"criterion-{number}"
        criteria.append(Criterion(found, name, question, int(weight) if weight.isdecimal() and len(weight) < 4 else 0))
    return criteria
