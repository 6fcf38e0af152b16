"""What a form shows, demands and works out while it is filled in is what sending it holds to."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse
from tests.step_app import FORM, PAGE, enable_steps
from tests.world import World


@pytest.fixture
def portal(app: LumbungFlask, session: Any, world: World) -> Browser:
    """A visitor before the form, all of it on one page."""
    enable_steps(session, world, PAGE + "    paged: false\n")
    return browse(app, world.tangsel.host)


def asked(portal: Browser, answers: dict[str, Any]) -> dict[str, Any]:
    """What the page's script learns."""
    answer = portal.post_form(FORM, answers, to=f"{FORM}/asked")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert isinstance(answer.json, dict)
    return answer.json


def test_what_is_demanded_is_what_is_missing_once_it_is_sent(portal: Browser) -> None:
    seen = set()
    for kind, width, name in product(("", "stall", "board", "nonsense"), ("", "3", "4", "wide"), ("", "Sari")):
        answers = {"kind": kind, "width": width, "contact.name": name}
        told = asked(portal, answers)
        refused = portal.post_form(FORM, answers)
        assert refused.status_code == 422
        missing = set(re.findall(r'<a href="#f-([\w.]+)">[^<]*Wajib diisi', refused.text))
        written = {field for field, text in answers.items() if text}
        always = {"subject", "kind", "nik"}
        conditional = {"width", "height", "contact.phone"}
        assert missing - always - {"contact.name"} == set(told["needed"]) & conditional - written, answers
        assert not missing & set(told["hidden"])
        seen.add((tuple(told["hidden"]), tuple(told["needed"])))
    assert len(seen) >= 3, "The answers made no difference."


def test_files_that_are_chosen_count_before_they_are_sent(portal: Browser) -> None:
    assert portal.post(f"{FORM}/asked").status_code == 400, "Only the form's own page asks."
    assert "note" in asked(portal, {})["hidden"]
    assert "note" not in asked(portal, {"photos.chosen": "depan.jpg"})["hidden"]


def test_what_is_worked_out_is_told_at_once_and_never_what_the_sender_may_not_read(portal: Browser) -> None:
    assert asked(portal, {"kind": "board", "width": "5", "height": "300"})["sums"] == {"area": "1.500"}
    assert asked(portal, {"kind": "board", "width": "5", "height": "x"})["sums"] == {"area": "0"}
    page = portal.get(FORM)
    assert 'data-live="/surat/apply/asked"' in page.text
    assert 'data-live-reads="height kind photos width"' in page.text
