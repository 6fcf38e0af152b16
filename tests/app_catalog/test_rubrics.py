"""Rubrics: weights, versions, copies; and how scores come to a total."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.campaigns.models import KeptRubric
from app_catalog.campaigns.rubrics import check_rubric, get_rubric, list_rubrics
from app_catalog.definitions.shape.records import CATEGORIES
from app_catalog.evaluations.criteria import CRITERIA, Criterion
from app_catalog.evaluations.rubric import HIGHEST, LOWEST, STANDING, WHOLE, Rubric, rubric_from, weighted_total
from app_catalog.evaluations.seeded import seeded_rubric, seeded_rubrics
from lumbung.db import set_clock
from lumbung.errors import Invalid
from lumbung.i18n import Text
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.campaign_stage import TODAY, answers, ask_about_siaran, run_siaran
from tests.browsing import browse
from tests.world import World

Sessions = scoped_session[Session]
HUB = "lumbung.test"


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    """Rubrics whose weights add up to 100."""
    cuts = draw(st.lists(st.integers(1, WHOLE - 1), min_size=1, max_size=11, unique=True).map(sorted))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, WHOLE], strict=True)]
    named = [
        Criterion(f"c{number}", Text(f"Satu {number}", f"One {number}"), Text("Apa?", "What?"), weight)
        for number, weight in enumerate(weights)
    ]
    return Rubric("any", 1, Text("Rubrik", "Rubric"), tuple(named))


@st.composite
def scored(draw: st.DrawFn) -> tuple[Rubric, dict[str, Any]]:
    rubric = draw(rubrics())
    return rubric, {one.id: {"score": draw(st.integers(LOWEST, HIGHEST))} for one in rubric.criteria}


@given(rubrics())
def test_weights_that_add_up_are_taken_and_others_refused(rubric: Rubric) -> None:
    check_rubric(rubric)
    first, *others = rubric.criteria
    heavier = Criterion(first.id, first.name, first.question, first.weight + 1)
    with pytest.raises(Invalid):
        check_rubric(Rubric("any", 1, rubric.name, (heavier, *others)))


@given(scored())
def test_a_total_stays_within_the_scale_and_between_the_scores(case: tuple[Rubric, dict[str, Any]]) -> None:
    rubric, scores = case
    given_scores = [found["score"] for found in scores.values()]
    assert LOWEST <= min(given_scores) <= weighted_total(rubric, scores) <= max(given_scores) <= HIGHEST


@given(scored(), st.data())
def test_a_better_score_never_lowers_the_total(case: tuple[Rubric, dict[str, Any]], data: st.DataObject) -> None:
    rubric, scores = case
    criterion = data.draw(st.sampled_from(rubric.criteria))
    before = weighted_total(rubric, scores)
    raised = {**scores, criterion.id: {"score": HIGHEST}}
    more = HIGHEST - scores[criterion.id]["score"]
    assert weighted_total(rubric, raised) == pytest.approx(before + more * criterion.weight / WHOLE)


@given(scored())
def test_the_order_of_criteria_changes_nothing(case: tuple[Rubric, dict[str, Any]]) -> None:
    rubric, scores = case
    turned = Rubric(rubric.slug, 1, rubric.name, rubric.criteria[::-1])
    assert weighted_total(turned, scores) == weighted_total(rubric, scores)


@given(rubrics())
def test_a_rubric_is_kept_whole(rubric: Rubric) -> None:
    assert rubric_from(rubric.as_json()) == rubric


def test_equal_weights_are_the_plain_mean() -> None:
    scores = {one.id: {"score": score} for one, score in zip(CRITERIA, (5, 4, 4, 3, 1), strict=True)}
    assert weighted_total(STANDING, scores) == pytest.approx(17 / 5)


def test_every_category_has_a_sound_rubric_with_the_common_criteria() -> None:
    for category in CATEGORIES:
        rubric = seeded_rubric(category)
        assert rubric.slug == category, f"{category} has no rubric."
        check_rubric(rubric)
        assert {one.id for one in CRITERIA} < {one.id for one in rubric.criteria}
    check_rubric(STANDING)
    assert len({rubric.slug for rubric in seeded_rubrics()}) == len(seeded_rubrics())


def test_what_was_written_before_there_were_rubrics_means_the_standing_one() -> None:
    assert rubric_from(None) == STANDING
    assert rubric_from({}) == STANDING


def test_a_curators_new_version_is_for_the_next_campaigns_only(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    run_siaran(session, world, world.surabaya)
    campaign = ask_about_siaran(session, world)
    before = campaign.rubric
    curator = browse(app, HUB, world.operator)
    path = "/curator/rubrics/complaints"
    refused = curator.post_form(path, {"step": "save", "c0_weight": "16"})
    assert refused.status_code == 422
    assert "101" in refused.text
    saved = curator.post_form(path, {"step": "save", "c0_weight": "16", "c1_weight": "14"})
    assert saved.status_code == 303, saved.text
    session.expire_all()
    assert campaign.rubric == before
    found = get_rubric(session, "complaints")
    assert (found.rubric.version, found.author) == (2, world.operator.name)
    assert [one.weight for one in found.rubric.criteria][:2] == [16, 14]
    assert [one.id for one in found.rubric.criteria] == [one.id for one in seeded_rubric("complaints").criteria]
    assert seeded_rubric("complaints").criteria[0].weight == 15


def test_a_copy_stands_beside_the_first_and_its_name_is_its_own(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    curator = browse(app, HUB, world.operator)
    filled = {"step": "copy", "name_id": "Pengaduan ringkas", "name_en": "Short reports"}
    assert curator.post_form("/curator/rubrics/complaints", filled).status_code == 303
    assert curator.post_form("/curator/rubrics/complaints", filled).status_code == 409
    assert "complaints-pengaduan-ringkas" in {listed.rubric.slug for listed in list_rubrics(session)}
    assert len(list_rubrics(session)) == len(seeded_rubrics()) + 1
    assert curator.get("/curator/rubrics").status_code == 200
    assert "Pengaduan ringkas" in curator.get("/curator/rubrics/complaints-pengaduan-ringkas").text
    assert curator.get("/curator/rubrics/nothing").status_code == 404


def test_a_criterion_can_be_added_and_left_out(app: LumbungFlask, session: Sessions, world: World) -> None:
    curator = browse(app, HUB, world.operator)
    new = {
        "c5_name_id": "Bahasa daerah", "c5_name_en": "Local languages",
        "c5_question_id": "Apakah ada bahasa daerah?", "c5_question_en": "Are there local languages?",
        "c5_weight": "20",
    }  # fmt: skip
    gone = {f"c4_{part}": "" for part in ("name_id", "name_en", "question_id", "question_en", "weight")}
    saved = curator.post_form("/curator/rubrics/standing", {"step": "save", **gone, **new})
    assert saved.status_code == 303, saved.text
    assert [one.id for one in get_rubric(session, "standing").rubric.criteria][-2:] == ["support", "bahasa-daerah"]
    assert session.scalars(select(KeptRubric)).one().category == ""


def test_yearly_evaluations_take_the_standing_rubric_as_it_is_when_they_begin(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    run_siaran(session, world, world.surabaya)
    evaluator = browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])

    def begin(last: str) -> str:
        with set_clock(TODAY):
            filled = {"app": "siaran", "first": "2026-01-01", "last": last}
            return str(evaluator.post_form("/manage/evaluations", filled).location)

    before = begin("2026-06-30")
    curator = browse(app, HUB, world.operator)
    heavier = {"step": "save", "c0_weight": "40", "c1_weight": "0", "c1_name_id": "", "c1_name_en": ""}
    assert curator.post_form("/curator/rubrics/standing", heavier).status_code == 422
    gone = {f"c1_{part}": "" for part in ("name_id", "name_en", "question_id", "question_en", "weight")}
    assert (
        curator.post_form("/curator/rubrics/standing", {"step": "save", "c0_weight": "40", **gone}).status_code == 303
    )
    after = begin("2026-07-31")
    assert "reliability_score" in evaluator.get(before).text
    assert "reliability_score" not in evaluator.get(after).text
    assert evaluator.post_form(before, answers(STANDING)).status_code == 303


@pytest.mark.parametrize(
    "values",
    [
        {"name_id": "x"},
        {"c0_name_en": ""},
        {"c0_weight": "-5"},
        {"c0_weight": "1e3"},
        {"c0_id": "reliability"},
        {"c0_question_id": "a" * 301},
    ],
)
def test_a_rubric_that_does_not_fit_is_refused(app: LumbungFlask, world: World, values: dict[str, str]) -> None:
    curator = browse(app, HUB, world.operator)
    assert curator.post_form("/curator/rubrics/standing", {"step": "save", **values}).status_code == 422


def test_publishers_do_not_write_rubrics(app: LumbungFlask, session: Sessions, world: World) -> None:
    run_siaran(session, world, world.surabaya)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    assert maintainer.get("/curator/rubrics/standing").status_code == 403
    assert maintainer.get("/curator/campaigns").status_code == 403
