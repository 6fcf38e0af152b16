"""Citizens who report and officials who answer, at once and over real HTTP, while things are killed under them."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

from tests.app_runtime.photos import make_photo
from tests.browsing import browse
from tests.proofs.patient_client import Answer, PatientClient
from tests.proofs.standing import Sent, Stand

FORM = "/siaran/report"
_NOBODY = UUID(int=0)


@dataclass
class Load:
    """Threads that report and answer until told to stop; what they finish is never given up half-way."""

    stand: Stand
    citizens: int = 4
    officials: int = 2
    errors: list[str] = field(default_factory=list)
    repeats: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)
    _cookies: list[dict[str, str]] = field(default_factory=list)

    @property
    def reports(self) -> int:
        """How many reports have been acknowledged so far."""
        return len(self.stand.sent)

    @property
    def answers(self) -> int:
        """How many answers have been acknowledged so far."""
        return sum(1 for one in list(self.stand.sent) if one.answered)

    def start(self) -> None:
        """Begin; from the main thread, because the officials sign in first."""
        self._cookies = [signed_in(self.stand, "handler") for _ in range(self.officials)]
        for work in [self._report] * self.citizens + [self._answer] * self.officials:
            thread = threading.Thread(target=self._run, args=(work, len(self._threads)))
            self._threads.append(thread)
            thread.start()

    def finish(self) -> None:
        """No new report, and wait until whatever was begun has been acknowledged."""
        self._stop.set()
        deadline = time.monotonic() + 120
        while any(thread.is_alive() for thread in self._threads):
            assert time.monotonic() < deadline, "Somebody never got an answer."
            self.stand.tend()
            time.sleep(0.05)

    def _run(self, work: object, index: int) -> None:
        assert callable(work)
        dice = random.Random(index)
        while not self._stop.is_set():
            try:
                work(dice, index)
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
                return

    def _report(self, dice: random.Random, index: int) -> None:
        with self._lock:
            number = next(self.stand.numbers)
        client = citizen(self.stand, number)
        photo = ("photos", make_photo(dice.choice(["navy", "teal", "olive"]))) if dice.random() < 0.25 else None
        answer = report(client, number, photo=photo)
        with self._lock:
            self.repeats += client.repeats
            assert answer.status == 303, f"Report {number} was answered with {answer.status}."
            self.stand.sent.append(Sent(number, record_of(answer), photo is not None))
        self._stop.wait(0.05)

    def _answer(self, dice: random.Random, index: int) -> None:
        with self._lock:
            mine = [one for one in self.stand.sent if not one.answered and one.number % self.officials == index % 2]
        if not mine:
            self._stop.wait(0.05)
            return
        one = mine[0]
        client = PatientClient(self.stand.port, host_of(self.stand), "10.9.9.9", dict(self._cookies[index % 2]))
        page = f"/work/siaran/{one.record_id}"
        said = f"Kami periksa laporan {one.number}."
        filled = client.fill_in(page, f"{page}/act/respond") | {"respond.answer": said}
        answer = client.send(f"{page}/act/respond", filled)
        with self._lock:
            self.repeats += client.repeats
            assert answer.status == 303, f"The answer to {one.number} was answered with {answer.status}."
            one.answered = said


def host_of(stand: Stand) -> str:
    """The host name of the municipality that everything happens in."""
    return stand.world.tangsel.host


def citizen(stand: Stand, number: int) -> PatientClient:
    """Somebody at an address of their own, for whom no limit of addresses stands in the way."""
    return PatientClient(
        stand.port, host_of(stand), f"10.{number // 62500 + 1}.{number // 250 % 250}.{number % 250 + 1}"
    )


def report(client: PatientClient, number: int, *, photo: tuple[str, bytes] | None = None, once: bool = False) -> Answer:
    """Fill in the form as a browser does, and send it."""
    return client.send(FORM, filled_in(client, number), photo=photo, once=once)


def filled_in(client: PatientClient, number: int) -> dict[str, str]:
    """The form of a report, ready to send; far enough from the others not to look like one of them."""
    return client.fill_in(FORM, FORM) | {
        "title": Sent(number, _NOBODY).title,
        "category": "street-light",
        "place.lon": f"{106.6 + number % 100 * 0.002:.4f}",
        "place.lat": f"{-6.2 - number // 100 * 0.002:.4f}",
        "reporter.email": Sent(number, _NOBODY).email,
    }


def record_of(answer: Answer) -> UUID:
    """The record that a citizen was led to."""
    return UUID(answer.location.rsplit("/", 1)[1])


def signed_in(stand: Stand, person: str) -> dict[str, str]:
    """The cookie of an official on the portal."""
    place = stand.world.tangsel
    browser = browse(stand.app, place.host, place.accounts[person])
    cookie = browser.client.get_cookie("__Host-lumbung", domain=place.host)
    assert cookie is not None
    return {"__Host-lumbung": cookie.value}
