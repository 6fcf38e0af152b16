"""What the form of an action shows, demands and works out is what taking the action holds to."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, words_of
from tests.small_app import enable_small, small_files
from tests.world import World

RECORD = """
name: {id: Permohonan, en: Application}
title: record.subject
fields:
  subject: {type: text, required: true, label: {id: Perihal, en: Subject}}
  outcome:
    type: choice
    label: {id: Hasil, en: Outcome}
    options: {fine: {id: Denda, en: Fine}, warning: {id: Teguran, en: Warning}, none: {id: Nihil, en: Nothing}}
  days: {type: integer, label: {id: Hari, en: Days}}
  rate: {type: money, label: {id: Tarif, en: Rate}}
  due_amount: {type: money, computed: "record.days * record.rate", label: {id: Jumlah, en: Amount}}
  grounds: {type: text, label: {id: Dasar, en: Grounds}}
  photos: {type: files, accept: [image/*], label: {id: Foto, en: Photos}}
access:
  public: {create: {fields: [subject, rate]}}
  resident: {read: {rows: own}}
  clerk: {read: {rows: all}}
workflow:
  start: received
  states:
    received: {label: {id: Diterima, en: Received}}
    settled: {label: {id: Selesai, en: Settled}, end: success}
  actions: {JUDGE, ANSWER}
"""
ASKS = """
        outcome: {required: true}
        days: {visible_when: "record.outcome == 'fine'", required: true}
        grounds:
          visible_when: "record.outcome != '' && record.outcome != 'none'"
          required_when: "record.due_amount > 100"
        photos: {visible_when: "record.outcome == 'warning'"}
        remark: {type: text, visible_when: "size(record.photos) > 0", label: {id: Tentang foto, en: About the photos}}
"""
Sessions = scoped_session[Session]


def _actions(record: str) -> str:
    judge = (
        "\n    judge:\n      label: {id: Putuskan, en: Judge}\n      from: received\n      by: [clerk]\n      asks:"
        + ASKS
    )
    answer = judge.replace("judge:", "answer:").replace("[clerk]", "[resident]")
    return record.replace("{JUDGE, ANSWER}", f"{judge}{answer}")


class Case:
    """One application, and both who may take an action on it."""

    def __init__(self, app: LumbungFlask, session: Sessions, world: World) -> None:
        self.session, self.place = session, world.tangsel
        installation = enable_small(
            session, world, small_files({"application": _actions(RECORD)}), roles=[("handler", "clerk")]
        )
        with as_tenant(session, self.place.id):
            made = create_record(
                session, installation, Actor(kind="visitor"), "application", {"subject": "Kios", "rate": 60}
            )
            session.commit()
            self.id, self.code = made.record.id, made.tracking_code
        self.citizen = browse(app, self.place.host)
        self.official = browse(app, self.place.host, self.place.accounts["handler"])

    def side(self, who: str) -> tuple[Browser, str, str, str]:
        """Browser, page, address of the action, and what the names of its controls begin with."""
        if who == "citizen":
            return self.citizen, f"/track/{self.code}", f"/track/{self.code}/answer", ""
        page = f"/work/surat/{self.id}"
        return self.official, page, f"{page}/act/judge", "judge."

    def record(self) -> Record:
        self.session.expire_all()
        with as_tenant(self.session, self.place.id):
            return self.session.scalars(select(Record)).one()


@pytest.fixture
def case(app: LumbungFlask, session: Sessions, world: World) -> Case:
    return Case(app, session, world)


@pytest.mark.parametrize("who", ["citizen", "official"])
def test_what_a_form_of_an_action_demands_is_what_taking_it_misses(case: Case, who: str) -> None:
    browser, page, action, prefix = case.side(who)
    seen = set()
    for outcome, days in product(("", "warning", "fine"), ("", "1", "2")):
        if outcome == "warning" and days != "2":
            continue
        answers: dict[str, Any] = {f"{prefix}outcome": outcome, f"{prefix}days": days}
        told = browser.post_form(page, answers, to=f"{action}/asked")
        assert told.status_code == 200
        assert told.headers["Cache-Control"] == "no-store"
        found = told.get_json()
        if outcome == "warning":
            # Nothing is demanded: it would be taken.
            assert found["hidden"] == [f"{prefix}days", f"{prefix}remark"]
            assert found["needed"] == [f"{prefix}outcome"]
            continue
        refused = browser.post_form(page, answers, to=action)
        if outcome == "fine" and days == "1":
            assert refused.status_code == 303, words_of(refused)
            continue
        assert refused.status_code == 422
        missing = set(re.findall(r'<a href="#f-([\w.]+)">[^<]*Wajib diisi', refused.text))
        written = {name for name, text in answers.items() if text}
        assert missing == set(found["needed"]) - written, answers
        assert not missing & set(found["hidden"])
        seen.add((tuple(found["hidden"]), tuple(found["needed"])))
    assert len(seen) == 3, "The answers made no difference."


@pytest.mark.parametrize("who", ["citizen", "official"])
def test_what_is_hidden_is_neither_shown_nor_taken(case: Case, who: str) -> None:
    browser, page, action, prefix = case.side(who)
    shown = browser.get(page).text
    assert f'data-live="{action}/asked"' in shown
    assert f'data-live-reads="{prefix}days {prefix}outcome {prefix}photos"' in shown
    assert f'<div data-when="{prefix}days" data-off>' in shown
    assert "remark" in browser.post_form(page, {}, to=f"{action}/asked").get_json()["hidden"][-1]
    chosen = {f"{prefix}outcome": "warning", f"{prefix}photos.chosen": "a.jpg"}
    assert f"{prefix}remark" not in browser.post_form(page, chosen, to=f"{action}/asked").get_json()["hidden"]
    told = browser.post_form(page, {f"{prefix}outcome": "fine", f"{prefix}days": "3"}, to=f"{action}/asked").get_json()
    assert list(told["sums"]) == [f"{prefix}due_amount"]
    assert "".join(told["sums"][f"{prefix}due_amount"].split()) == "Rp180"
    done = browser.post_form(
        page, {f"{prefix}outcome": "none", f"{prefix}days": "7", f"{prefix}grounds": "Perda 3"}, to=action
    )
    assert done.status_code == 303, words_of(done)
    record = case.record()
    assert (record.data["outcome"], "days" in record.data, "grounds" in record.data) == ("none", False, False)


def test_an_official_empties_what_is_shown_and_never_what_is_hidden(case: Case) -> None:
    browser, page, action, _ = case.side("official")
    assert browser.post_form(
        page, {"judge.outcome": "fine", "judge.days": "1", "judge.grounds": "A"}, to=action
    ).location
    assert browser.post_form(
        page, {"judge.outcome": "fine", "judge.days": "1", "judge.grounds": ""}, to=action
    ).location
    assert "grounds" not in case.record().data
    assert browser.post_form(page, {"judge.outcome": "none", "judge.days": ""}, to=action).location
    assert case.record().data["days"] == 1, "What was hidden was emptied."


def test_only_who_may_take_an_action_is_told_what_it_asks(case: Case) -> None:
    browser, page, action, _ = case.side("official")
    assert browser.post(f"{action}/asked").status_code == 400, "Only the form's own page asks."
    assert browser.post_form(page, {}, to=f"/work/surat/{case.id}/act/answer/asked").status_code == 404
    citizen, page, _, _ = case.side("citizen")
    assert citizen.post_form(page, {}, to=f"/track/{case.code}/judge/asked").status_code == 404
    assert citizen.post_form(page, {}, to="/track/2222222222222/answer/asked").status_code == 422
