"""Many at the same instant: real threads, each with its own connection, held until all are ready."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.installations.models import Installation
from app_runtime.records.models import Record, RecordHistory
from lumbung.db import as_tenant, use_tenant
from lumbung.idempotency import find_result
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.agreements import AGREEMENTS_VERSION
from tenants.municipalities.models import Claim, Municipality
from tenants.people.invitations import invite_person
from tenants.people.models import Membership
from tests.app_runtime.work_desk import open_desk, page_of
from tests.browsing import Browser, browse, csrf_token
from tests.siaran import enable_siaran, publish_siaran
from tests.world import World

Sessions = scoped_session[Session]


def at_once(doings: Sequence[Callable[[], TestResponse]]) -> Counter[int]:
    """Do all of it at the same instant; how often each status came back."""
    gate = threading.Barrier(len(doings))

    def do(doing: Callable[[], TestResponse]) -> int:
        gate.wait(10)
        return doing().status_code

    with ThreadPoolExecutor(len(doings)) as pool:
        return Counter(pool.map(do, doings))


def poster(browser: Browser, page: str, to: str, data: dict[str, Any]) -> Callable[[], TestResponse]:
    """A form that is filled in already and waits to be sent."""
    sent = {"csrf_token": csrf_token(browser.get(page).text), **data}
    return lambda: browser.post(to, sent)


def test_a_report_that_is_sent_sixteen_times_at_once_is_one_record(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    enable_siaran(session, world)
    report = {
        "submission_key": str(uuid4()),
        "category": "street-light",
        "title": "Lampu mati di depan SD",
        "place.lon": "106.71",
        "place.lat": "-6.29",
    }
    form = "/siaran/report"
    answers = at_once([poster(browse(app, world.tangsel.host), form, form, report) for _ in range(16)])
    # Whoever finds no free connection is asked to send again; nobody is told that it was sent when it was not.
    assert set(answers) <= {303, 503}
    assert answers[303] >= 1
    with as_tenant(session, world.tangsel.id):
        assert session.scalar(select(func.count()).select_from(Record)) == 1


def test_a_form_that_waited_for_its_own_first_sending_is_not_asked_about_it(
    app: LumbungFlask, session: Sessions, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two was looking whether it is there already when the first had not come to its end."""
    enable_siaran(session, world)
    form = "/siaran/report"
    browser = browse(app, world.tangsel.host)
    report = {
        "csrf_token": csrf_token(browser.get(form).text),
        "submission_key": str(uuid4()),
        "category": "street-light",
        "title": "Lampu mati di depan SD",
        "place.lon": "106.71",
        "place.lat": "-6.29",
    }
    first = browser.post(form, report)
    looked: list[str] = []

    def look(*arguments: Any) -> Any:
        looked.append("looked")
        return None if len(looked) == 1 else find_result(*arguments)

    monkeypatch.setattr("app_runtime.pages.submitting.find_result", look)
    again = browser.post(form, report)
    assert (again.status_code, again.location) == (303, first.location)
    assert len(looked) == 2


def test_of_two_officials_who_act_at_once_one_acts(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world)
    record_id = desk.report()
    page = page_of(record_id)
    version = str(desk.record(record_id).version)
    asked = {"version": version, "ask.question": "Di sisi mana?"}
    officials = [desk.browser(person) for person in ("handler", "handler", "head")]
    answers = at_once([poster(one, page, f"{page}/act/ask", asked) for one in officials])
    assert answers == {303: 1, 409: 2}
    with as_tenant(session, world.tangsel.id):
        steps = session.scalar(
            select(func.count())
            .select_from(RecordHistory)
            .where(RecordHistory.record_id == record_id, RecordHistory.name == "ask")
        )
    assert steps == 1


def test_an_invitation_is_accepted_by_one_of_two(app: LumbungFlask, session: Sessions, world: World) -> None:
    admin = world.tangsel.accounts["admin"]
    use_tenant(session, world.tangsel.id)
    _, link = invite_person(
        session,
        Visitor(account_id=admin.id, name=admin.name),
        email="baru@contoh.id",
        name="Bayu Baru",
        roles=["official"],
    )
    session.commit()
    use_tenant(session, None)
    path = link.removeprefix("https://lumbung.test")
    people = [browse(app, account=account) for account in (world.stranger, world.operator)]
    answers = at_once([poster(one, path, path, {}) for one in people])
    assert answers == {303: 1, 410: 1}
    with as_tenant(session, world.tangsel.id):
        joined = select(func.count()).where(Membership.account_id.in_([world.stranger.id, world.operator.id]))
        assert session.scalar(joined) == 1


@pytest.mark.parametrize("claims", [1, 2])
def test_a_region_is_founded_once_by_operators_who_decide_at_once(
    app: LumbungFlask, session: Sessions, world: World, claims: int
) -> None:
    world.tangsel.accounts["admin"].is_operator = True
    made = [
        Claim(
            region_code="32.73",
            account_id=account.id,
            office="Diskominfo",
            position="Kepala bidang",
            evidence="Surat tugas",
            terms_version=AGREEMENTS_VERSION,
        )
        for account in (world.stranger, world.surabaya.accounts["handler"])[:claims]
    ]
    session.add_all(made)
    session.commit()
    operators = (world.operator, world.tangsel.accounts["admin"])
    answers = at_once(
        [
            poster(
                browse(app, account=operator),
                "/operator/claims",
                f"/operator/claims/{made[number % claims].id}/approve",
                {"slug": f"bandung{number}"},
            )
            for number, operator in enumerate(operators)
        ]
    )
    assert answers == {303: 1, 409: 1}
    assert session.scalar(select(func.count()).where(Municipality.region_code == "32.73")) == 1


def test_an_evaluation_is_submitted_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world, world.surabaya)
    evaluator = browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])
    started = evaluator.post_form("/manage/evaluations", {"app": "siaran", "first": "2026-01-01", "last": "2026-06-30"})
    path = str(started.location)
    judged = {
        **{f"{one.id}_score": "4" for one in CRITERIA},
        **{f"{one.id}_reason": "Petugas memakainya tanpa dibantu." for one in CRITERIA},
        "summary": "Layak dipakai semua daerah.",
        "step": "submit",
    }
    again = browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])
    answers = at_once([poster(one, path, path, judged) for one in (evaluator, again)])
    assert answers[303] >= 1
    assert set(answers) <= {303, 409}
    assert session.scalar(select(func.count()).select_from(SubmittedEvaluation)) == 1


def test_an_app_is_enabled_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    publish_siaran(session, world)
    admins = [browse(app, world.surabaya.host, world.surabaya.accounts["admin"]) for _ in range(2)]
    page = "/manage/apps/siaran/enable"
    answers = at_once([partial(one.post_form, page) for one in admins])
    assert all(status < 500 for status in answers), answers
    with as_tenant(session, world.surabaya.id):
        assert (session.scalar(select(func.count()).select_from(Installation)) or 0) <= 1
