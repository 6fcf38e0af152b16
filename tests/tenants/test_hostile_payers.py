"""What signed-in people try with sponsorships and programmes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.sites import LumbungFlask
from tenants.plans.models import Programme
from tests.browsing import browse
from tests.sponsoring import pay, sponsor
from tests.world import World

Db = scoped_session[Session]
HUB = "lumbung.test"


def test_programmes_cannot_be_made_without_end_where_nobody_can_pay(
    app: LumbungFlask, session: Db, world: World
) -> None:
    browser = browse(app, HUB, world.stranger)
    form = {"name": "Provinsi Banten", "size": "10"}
    answers = [browser.post_form("/plans/province/new", form).status_code for _ in range(22)]
    assert answers[:20] == [303] * 20
    assert answers[20:] == [429] * 2
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Programme)) == 20


@pytest.mark.parametrize(
    "path",
    [
        "/sponsors?q=%00",
        "/sponsors?after=2026-01-01~%00",
        "/sponsors?for=app:%00",
        "/sponsors?for=programme:%00",
        "/sponsors/new?for=municipality:%00",
        "/sponsors/new?for=platform&typed=%00%ff",
        "/sponsors/new?for=platform&amount=%00&cadence=%00",
        "/sponsors/%00",
        "/api/v1/sponsors?after=2026-01-01~%00",
        "/api/v1/sponsors?for=app:%00",
        "/receipts/%00",
        "/receipts/%00.pdf",
    ],
)
def test_no_address_breaks_a_public_page(app: LumbungFlask, world: World, path: str) -> None:
    assert browse(app, HUB).get(path).status_code in {200, 302, 400, 404, 422}


def test_who_sponsors_anonymously_is_named_nowhere(app: LumbungFlask, session: Db, world: World) -> None:
    hidden = sponsor(session, world.stranger, name="PT Rahasia", anonymous=True, message="Salam Rahasia")
    own = pay(session, hidden)
    pages = ["/sponsors", "/sponsors?q=rahas", f"/sponsors/{own.sponsorship.code}", "/api/v1/sponsors", "/apps"]
    for path in (*pages, "/regions/36.74", "/sponsors/new?for=municipality:tangsel"):
        for person in (None, world.operator):
            answer = browse(app, HUB, person).get(path)
            assert answer.status_code == 200, path
            assert "rahasia" not in (answer.text + str(answer.headers)).lower(), path
            assert str(own.sponsorship.id) not in answer.text
            assert str(own.agreement.id) not in answer.text
    assert own.sponsorship.code not in browse(app, HUB).get("/sponsors?q=rahas").text
