"""kill -9 of web, worker and database, one after another, while people work."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.proofs.load import Load
from tests.proofs.standing import Stand

WHAT = ("web", "worker", "database")


@dataclass
class Killing:
    """So many kills; between two of them something is acknowledged, so that each one meets work under way."""

    stand: Stand
    load: Load
    kills: int
    seed: int = 9
    every_arbiter: int = 5
    """Of so many kills of the web, one takes the process above the serving ones along."""
    done: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Kill; from the main thread."""
        dice = random.Random(self.seed)
        # Each of the three equally often, in an order that nobody chose.
        order = [WHAT[number % len(WHAT)] for number in range(self.kills)]
        dice.shuffle(order)
        for number, what in enumerate(order):
            self._wait_for_work(answer=number % 4 == 3)
            time.sleep(dice.uniform(0, 0.4))
            self._kill(what)

    def _kill(self, what: str) -> None:
        self.done[what] += 1
        if what == "web":
            self.stand.kill_web(arbiter=self.done["web"] % self.every_arbiter == 0)
        elif what == "worker":
            self._wait_for_a_letter()
            self.stand.kill_worker()
        else:
            self.stand.kill_database()

    def _wait_for_work(self, *, answer: bool) -> None:
        """Until one more report is acknowledged, or one more answer: those take longer and must get their turn."""
        before, deadline = self._work_done(answer), time.monotonic() + 120
        while self._work_done(answer) == before:
            self.stand.tend()
            assert self.load.errors == [], self.load.errors
            assert time.monotonic() < deadline, "Nothing is acknowledged any more."
            time.sleep(0.02)

    def _work_done(self, answer: bool) -> int:
        return self.load.answers if answer else self.load.reports

    def _wait_for_a_letter(self) -> None:
        """Until one is being handed over: then it is not known on this side whether it was taken. Not for ever."""
        deadline = time.monotonic() + 1.5
        while not self.stand.mailbox.taking and time.monotonic() < deadline:
            time.sleep(0.005)
