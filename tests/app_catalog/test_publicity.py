"""What a municipality lets everybody know about an app it runs: said by consent, taken back at any time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Adoption, Installation
from app_catalog.installations.services import change_settings, disable_app, enable_again
from lumbung.audit import AuditEntry
from lumbung.db import use_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse, words_of
from tests.siaran import AGENCIES, enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
SETTINGS = "/manage/apps/siaran"
PUBLIC = f"{SETTINGS}/public"


def test_the_word_is_taken_back_and_given_again(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert _adoptions(session, world) == 1
    assert admin.post_form(SETTINGS, {"announced": None}, to=PUBLIC).status_code == 303
    assert _adoptions(session, world) == 0
    # Nothing that is done with the app says it again by itself.
    installation = session.scalars(select(Installation)).one()
    change_settings(session, installation, overrides={"categories": AGENCIES, "respond_within": "PT24H"})
    disable_app(session, installation, reason="Perawatan")
    enable_again(session, installation)
    session.commit()
    assert _adoptions(session, world) == 0
    assert admin.post_form(SETTINGS, {"announced": "1"}, to=PUBLIC).status_code == 303
    assert _adoptions(session, world) == 1
    changes = select(AuditEntry).where(AuditEntry.action == "app.publicity-changed").order_by(AuditEntry.id)
    told = session.scalars(changes).all()
    assert [entry.after["announced"] for entry in told if entry.after] == [False, True]


def test_changing_a_disabled_app_does_not_announce_it(session: Sessions, world: World) -> None:
    installation = enable_siaran(session, world)
    use_tenant(session, world.tangsel.id)
    disable_app(session, installation, reason="Perawatan")
    change_settings(session, installation, overrides={"categories": AGENCIES})
    assert session.scalars(select(Adoption)).one().ended_at is not None
    enable_again(session, installation)
    assert session.scalars(select(Adoption)).one().ended_at is None


def test_figures_are_shown_when_an_administrator_says_so(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    admin, citizen = browse(app, world.tangsel.host, world.tangsel.accounts["admin"]), browse(app, world.tangsel.host)
    assert "bulan ini" not in words_of(citizen.get("/"))
    assert admin.post_form(SETTINGS, {"public_numbers": "1"}, to=PUBLIC).status_code == 303
    assert "Diterima 0" in words_of(citizen.get("/"))
    page: Any = admin.get(SETTINGS)
    assert page.text.count("checked") >= 2


def _adoptions(session: Sessions, world: World) -> int:
    session.expire_all()
    use_tenant(session, world.tangsel.id)
    return len(session.scalars(select(Adoption).where(Adoption.ended_at.is_(None))).all())
