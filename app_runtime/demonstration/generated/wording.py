"""Putting a report's words together."""

from __future__ import annotations

import random
from dataclasses import dataclass

from app_runtime.demonstration.generated.more_phrases import PHRASES
from app_runtime.demonstration.generated.phrases import REQUESTS, ROAD, SINCE, WEEKDAYS, Phrases

LONGEST_TITLE = 120
"""As long as the app takes it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words about one category, chosen by chance."""

    chance: random.Random
    category: str

    @property
    def phrases(self) -> Phrases:
        """The parts for the category."""
        return PHRASES.get(self.category, ROAD)

    def title(self, place: str) -> str:
        """What is wrong and where, short enough for the form."""
        written = self._filled(self.chance.choice(self.phrases.problems), place)
        return written if len(written) <= LONGEST_TITLE else written[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"

    def description(self) -> str:
        """Two to four sentences."""
        chance, parts = self.chance, self.phrases
        sentences = [chance.choice(parts.details), chance.choice(parts.effects)]
        if chance.random() < 0.7:
            sentences.insert(chance.randrange(2), chance.choice(SINCE))
        if chance.random() < 0.5:
            sentences.append(chance.choice(REQUESTS))
        return " ".join(self._filled(sentence) for sentence in sentences)

    def answer(self) -> str:
        """What the agency answers."""
        return self._filled(self.chance.choice(self.phrases.answers))

    def question(self) -> tuple[str, str]:
        """What the agency asks, and the reporter's reply."""
        question, reply = self.chance.choice(self.phrases.questions)
        return self._filled(question), self._filled(reply)

    def refusal(self) -> str:
        """Why it is not the municipality's."""
        return self._filled(self.chance.choice(self.phrases.refusals))

    def _filled(self, text: str, place: str = "") -> str:
        if "{" not in text:
            return text
        return text.format(
            place=place,
            n=self.chance.randint(2, 9),
            day=self.chance.choice(WEEKDAYS),
            hour=f"{self.chance.randint(6, 21):02}.{self.chance.choice(('00', '15', '30', '45'))}",
        )
