"""A municipality with a rush of visitors does not take the others' turn."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from typing import Any

from werkzeug.test import Client

from lumbung.settings import Settings
from lumbung.web import fair_share
from lumbung.web.fair_share import BUSY, FairShare
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.world import World
from wsgi import create_app


class Machine:
    """An application that takes a given time of the processor, and a clock that only moves when told."""

    def __init__(self, cost: float = 0.05) -> None:
        self.moment = 100.0
        self.used = 0.0
        self.cost = cost
        self.client = Client(FairShare(self._answer, clock=lambda: self.moment, spent=lambda: self.used))

    def _answer(self, environ: Any, start_response: Any) -> list[bytes]:
        self.used += self.cost
        start_response("421 Misdirected Request" if environ["HTTP_HOST"].startswith("made-up") else "200 OK", [])
        return [b"page"]

    def ask(self, host: str, path: str = "/", method: str = "GET", after: float = 0.0, accept: str = "") -> Any:
        self.moment += after
        return self.client.open(path, method=method, base_url=f"https://{host}", headers={"Accept": accept})

    def rush(self, seconds: float, *, loud: float, quiet: float = 1.0) -> dict[str, list[int]]:
        """Statuses while `loud` and `quiet` requests a second come from two hosts."""
        found: dict[str, list[int]] = {"loud": [], "quiet": []}
        for step in range(int(seconds * loud)):
            found["loud"].append(self.ask("loud.test", after=1 / loud).status_code)
            if step % max(1, int(loud / quiet)) == 0:
                found["quiet"].append(self.ask("quiet.test").status_code)
        return found


def test_a_rush_is_held_to_its_share_and_the_others_are_answered() -> None:
    machine = Machine(cost=0.05)
    found = machine.rush(20, loud=100)
    assert set(found["quiet"]) == {200}
    answered = found["loud"].count(200) * machine.cost / 20
    assert 0.7 * BUSY < answered < 1.3 * BUSY
    assert found["loud"].count(503) > 1_500


def test_who_is_alone_may_use_everything() -> None:
    machine = Machine()
    assert {machine.ask("loud.test", after=0.01).status_code for _ in range(500)} == {200}
    machine.ask("quiet.test")
    assert machine.ask("loud.test", after=0.01).status_code == 503
    assert machine.ask("loud.test", after=fair_share.OTHERS_SECONDS + 1).status_code == 200


def test_made_up_names_are_no_neighbours() -> None:
    machine = Machine()
    for number in range(500):
        assert machine.ask("loud.test", after=0.01).status_code == 200
        if number % 50 == 0:
            assert machine.ask(f"made-up-{number}.test").status_code == 421


def test_many_municipalities_at_once_are_all_answered() -> None:
    machine = Machine()
    assert {machine.ask(f"kota{n % 5}.test", after=0.01).status_code for n in range(2_000)} == {200}


def test_usual_traffic_is_never_refused() -> None:
    found = Machine(cost=0.02).rush(60, loud=10)
    assert set(found["loud"] + found["quiet"]) == {200}


def test_what_people_send_and_what_pages_are_made_of_always_comes_through() -> None:
    machine = Machine()
    machine.rush(5, loud=100)
    assert machine.ask("loud.test").status_code == 503
    assert machine.ask("loud.test", method="POST").status_code == 200
    for path in ("/static/build/app.css", "/healthz", "/readyz"):
        assert machine.ask("loud.test", path).status_code == 200


def test_a_refusal_says_when_to_come_again_in_both_languages_and_to_programs() -> None:
    machine = Machine()
    machine.rush(5, loud=100)
    page = machine.ask("loud.test", accept="text/html,*/*")
    assert page.headers["Retry-After"] == "3"
    assert "Sedang ramai" in page.text
    assert "Very busy" in page.text
    problem = machine.ask("loud.test", accept="application/json")
    assert problem.content_type == "application/problem+json"
    assert json.loads(problem.text)["status"] == 503
    assert machine.ask("loud.test", method="HEAD").text == ""


def test_strange_hosts_fill_no_memory() -> None:
    machine = Machine(cost=0.0)
    share: Any = machine.client.application
    for number in range(3_000):
        machine.ask(f"h{number}.test")
    assert len(share._hosts) == 2_000


def test_the_application_stands_behind_it_except_in_tests(app: LumbungFlask, settings: Settings) -> None:
    inner: Any = app.wsgi_app
    assert isinstance(inner, FairShare)
    assert inner.busy == inf
    real: Any = create_app(replace(settings, testing=False)).wsgi_app
    assert isinstance(real, FairShare)
    assert real.busy == BUSY


def test_pages_of_two_municipalities_are_answered_as_fast_as_a_test_asks(app: LumbungFlask, world: World) -> None:
    browse(app, world.surabaya.host).get("/")
    reader = browse(app, world.tangsel.host)
    assert {reader.get("/").status_code for _ in range(150)} == {200}
