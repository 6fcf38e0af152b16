"""What an evaluation asks and how much each answer weighs; kept with the evaluation, so that it never changes there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app_catalog.evaluations.criteria import CRITERIA, Criterion
from lumbung.i18n import Text

LOWEST: Final = 1
HIGHEST: Final = 5
SCALE: Final = range(LOWEST, HIGHEST + 1)
WHOLE: Final = 100
"""The weights of a rubric in per cent add up to this."""
MOST_CRITERIA: Final = 12


@dataclass(frozen=True)
class Rubric:
    """Criteria with weights that add up to 100, under a name. `slug` and `version` say where it came from."""

    slug: str
    version: int
    name: Text
    criteria: tuple[Criterion, ...]

    def as_json(self) -> dict[str, Any]:
        """The rubric as campaigns and evaluations keep it."""
        return {
            "slug": self.slug,
            "version": self.version,
            "name": _both(self.name),
            "criteria": [
                {"id": one.id, "name": _both(one.name), "question": _both(one.question), "weight": one.weight}
                for one in self.criteria
            ],
        }


STANDING: Final = Rubric("standing", 1, Text("Evaluasi tahunan", "Yearly evaluation"), CRITERIA)
"""The rubric of every evaluation outside a campaign, also of those written before there were rubrics."""


def rubric_from(kept: Mapping[str, Any] | None) -> Rubric:
    """The rubric that an evaluation or a campaign keeps; the standing one where nothing is kept."""
    if not kept:
        return STANDING
    return Rubric(kept["slug"], kept["version"], _text(kept["name"]), criteria_from(kept["criteria"]))


def criteria_from(kept: list[dict[str, Any]]) -> tuple[Criterion, ...]:
    """Criteria out of their JSON."""
    return tuple(Criterion(one["id"], _text(one["name"]), _text(one["question"]), one["weight"]) for one in kept)


def weighted_total(rubric: Rubric, scores: Mapping[str, Any]) -> float:
    """The mean of the scores by the rubric's weights, from 1 to 5 in hundredths. Every criterion must have a score."""
    total = sum(one.weight * int(scores[one.id]["score"]) for one in rubric.criteria)
    # Weights are whole numbers, so that the hundredths are exact and nothing depends on the order of adding.
    return total / WHOLE


def _both(text: Text) -> dict[str, str]:
    return {"id": text.id, "en": text.en}


def _text(kept: Mapping[str, str]) -> Text:
    return Text(kept["id"], kept["en"])
