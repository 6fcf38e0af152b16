"""Satisfaction: asked of the record's maker after it is closed, answered once per closing, shown to officials."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.running_app import app_of_record
from app_runtime.records.timeline import present_history
from app_runtime.satisfaction.models import SatisfactionAnswer
from app_runtime.satisfaction.services import LONGEST_WORDS, answer_question, find_question
from lumbung.db import now, set_clock, use_tenant
from lumbung.errors import Conflict, Forbidden, Invalid
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Stage, set_stage
from tests.app_runtime.test_notifications import mailing, written
from tests.browsing import Browser, browse, words_of
from tests.siaran import BUNDLED
from tests.world import World

__all__ = ["mailing"]
Sessions = scoped_session[Session]
PERSON = {"name": "Budi Santoso", "email": "budi@contoh.id"}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world, package=BUNDLED)


def fixed(stage: Stage, **values: Any) -> tuple[Record, str]:
    """A report that its agency has fixed, and its code."""
    made = stage.report({"reporter": PERSON, **values})
    close(stage, made.record)
    return made.record, made.tracking_code


def close(stage: Stage, record: Record) -> None:
    stage.act(record, "handler", "fix", after=["sesudah.jpg"])


def answers(stage: Stage) -> list[SatisfactionAnswer]:
    query = select(SatisfactionAnswer).order_by(SatisfactionAnswer.closing)
    return list(stage.session.scalars(query.execution_options(populate_existing=True)))


def test_nothing_is_asked_before_the_record_is_closed(stage: Stage) -> None:
    made = stage.report()
    assert find_question(stage.session, made.record) is None
    with pytest.raises(Conflict) as refused:
        answer_question(stage.session, made.record, stage.citizen(made.tracking_code), score=4)
    assert refused.value.details["because"] == "state"


def test_only_the_states_that_the_app_names_are_asked_about(stage: Stage) -> None:
    made = stage.report()
    stage.act(made.record, "dispatcher", "reject", reason="Bukan kewenangan.")
    assert find_question(stage.session, made.record) is None


def test_one_answer_for_each_closing_that_may_be_changed(stage: Stage) -> None:
    record, code = fixed(stage)
    citizen = stage.citizen(code)
    answer_question(stage.session, record, citizen, score=2, words=" Lama sekali. ")
    answer_question(stage.session, record, citizen, score=2, words="Lama sekali.")
    answer_question(stage.session, record, citizen, score=4, words="")
    assert [(row.score, row.scale, row.words) for row in answers(stage)] == [(4, 5, None)]
    rated = [row.changes["score"] for row in stage.history(record) if row.kind == "rated"]
    assert rated == [{"from": None, "to": 2}, {"from": 2, "to": 4}]


def test_reopening_asks_again_at_the_next_closing(stage: Stage) -> None:
    record, code = fixed(stage)
    citizen = stage.citizen(code)
    answer_question(stage.session, record, citizen, score=1)
    stage.act(record, citizen, "reopen")
    assert find_question(stage.session, record) is None
    with pytest.raises(Conflict):
        answer_question(stage.session, record, citizen, score=5)
    close(stage, record)
    question = find_question(stage.session, record)
    assert question is not None
    assert question.answer is None
    answer_question(stage.session, record, citizen, score=5)
    assert [row.score for row in answers(stage)] == [1, 5]


def test_after_thirty_days_it_is_too_late(stage: Stage) -> None:
    record, code = fixed(stage)
    closed = now()
    with set_clock(closed + timedelta(days=30) - timedelta(minutes=1)):
        answer_question(stage.session, record, stage.citizen(code), score=3)
    with set_clock(closed + timedelta(days=30, minutes=1)):
        with pytest.raises(Conflict) as refused:
            answer_question(stage.session, record, stage.citizen(code), score=4)
        assert refused.value.details["because"] == "condition"
    assert [row.score for row in answers(stage)] == [3]


@pytest.mark.parametrize("score", [None, 0, 6, -1])
def test_a_score_beyond_the_scale_is_refused(stage: Stage, score: int | None) -> None:
    record, code = fixed(stage)
    with pytest.raises(Invalid) as refused:
        answer_question(stage.session, record, stage.citizen(code), score=score)
    assert set(refused.value.fields) == {"score"}


def test_words_have_an_end(stage: Stage) -> None:
    record, code = fixed(stage)
    with pytest.raises(Invalid) as refused:
        answer_question(stage.session, record, stage.citizen(code), score=3, words="x" * (LONGEST_WORDS + 1))
    assert set(refused.value.fields) == {"words"}


def test_nobody_else_answers_not_even_the_officials_who_handled_it(stage: Stage) -> None:
    record, _ = fixed(stage)
    other = stage.report()
    for actor in (stage.actor("handler"), stage.actor("admin"), stage.citizen(other.tracking_code)):
        with pytest.raises(Exception, match=r".") as refused:
            answer_question(stage.session, record, actor, score=5)
        assert refused.type.__name__ in ("Forbidden", "NotFound")
    assert answers(stage) == []


def test_an_official_who_made_the_record_does_not_rate_the_own_work(stage: Stage) -> None:
    made = create_record(
        stage.session, stage.installation, stage.actor("cleaner"), "report",
        {"title": "Sampah menumpuk", "category": "rubbish", "place": [106.71, -6.29]},
    )  # fmt: skip
    use_tenant(stage.session, stage.place.id)
    stage.act(made.record, "dispatcher", "assign", agency="dishub")
    close(stage, made.record)
    with pytest.raises(Forbidden):
        answer_question(stage.session, made.record, stage.actor("cleaner"), score=5)


def test_officials_see_it_in_the_history_and_the_public_does_not(stage: Stage) -> None:
    record, code = fixed(stage)
    answer_question(stage.session, record, stage.citizen(code), score=2, words="Kabelnya masih terlihat.")
    app = app_of_record(stage.session, record)
    told = {
        who: [entry.details for entry in present_history(app, record, actor) if entry.kind == "rated"]
        for who, actor in {
            "official": stage.actor("handler"), "citizen": stage.citizen(code), "public": stage.citizen(),
        }.items()
    }  # fmt: skip
    assert told == {"official": [(("Penilaian", "2 dari 5"),)], "citizen": [], "public": []}
    stored = stage.session.scalars(select(RecordHistory.changes).where(RecordHistory.kind == "rated")).one()
    assert "Kabelnya" not in str(stored)


def test_the_message_of_the_closing_asks_and_the_next_one_does_not(stage: Stage, mailing: LumbungFlask) -> None:
    record, code = fixed(stage)
    closing = written(stage)[-1]
    assert "Seberapa puas Anda" in closing[2]
    assert "#satisfaction" in closing[2]
    assert sum("Seberapa puas" in text for _, _, text in written(stage)[:-1]) <= 1
    answer_question(stage.session, record, stage.citizen(code), score=5)
    assert "Seberapa puas" not in written(stage)[-1][2]


@pytest.fixture
def portal(app: LumbungFlask, world: World) -> Browser:
    return browse(app, world.tangsel.host)


def test_a_citizen_rates_on_the_tracking_page_without_an_account(
    stage: Stage, portal: Browser, app: LumbungFlask, session: Sessions, world: World
) -> None:
    record, code = fixed(stage)
    session.commit()
    page = portal.get(f"/track/{code}")
    assert "Seberapa puas Anda?" in words_of(page)
    at = f"/track/{code}/asked/satisfaction"
    refused = portal.post_form(f"/track/{code}", {"score": "9", "words": "Kabel <b>"}, to=at)
    assert refused.status_code == 422
    assert "Kabel &lt;b&gt;" in refused.text
    assert portal.post_form(f"/track/{code}", {"score": "4", "words": "Rapi."}, to=at).status_code == 303
    told = words_of(portal.get(f"/track/{code}"))
    assert "Anda memberi 4 dari 5" in told
    session.expire_all()
    use_tenant(session, stage.place.id)
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    shown = words_of(handler.get(f"/work/siaran/{record.id}"))
    assert "Kepuasan pembuat laporan" in shown
    assert "Rapi." in shown


def test_a_wrong_code_rates_nothing(stage: Stage, portal: Browser, session: Sessions) -> None:
    _, code = fixed(stage)
    session.commit()
    other = ("0" if code[0] != "0" else "1") + code[1:]
    answer = portal.post_form(f"/track/{code}", {"score": "1"}, to=f"/track/{other}/asked/satisfaction")
    assert answer.status_code in (404, 422)
    use_tenant(session, stage.place.id)
    assert answers(stage) == []


def test_somebody_with_an_account_finds_the_own_reports_and_what_waits(
    stage: Stage, app: LumbungFlask, session: Sessions, world: World
) -> None:
    citizen = Actor(kind="resident", account_id=world.stranger.id, name="Wati")
    made = create_record(
        session, stage.installation, citizen, "report",
        {"title": "Lampu taman padam", "category": "street-light", "place": [106.71, -6.29]},
    )  # fmt: skip
    use_tenant(session, stage.place.id)
    close(stage, made.record)
    session.commit()
    wati = browse(app, world.tangsel.host, world.stranger)
    listed = words_of(wati.get("/track/mine"))
    assert "Lampu taman padam" in listed
    assert "Menunggu penilaian Anda" in listed
    follow = wati.get(f"/track/mine/{made.record.id}")
    assert follow.status_code == 302
    assert follow.headers["Cache-Control"] == "no-store"
    at = f"{follow.headers['Location']}/asked/satisfaction"
    assert wati.post_form(follow.headers["Location"], {"score": "5"}, to=at).status_code == 303
    assert "Menunggu penilaian Anda" not in words_of(wati.get("/track/mine"))
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.get(f"/track/mine/{made.record.id}").status_code == 404
    assert "Lampu taman padam" not in words_of(admin.get("/track/mine"))
