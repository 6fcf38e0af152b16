"""An app passes from one publisher to another: offered, accepted or not, and what each may do before and after."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.services import enable_app
from app_catalog.publishers.keys import make_platform_key
from app_catalog.publishers.models import Publisher, PublisherMember
from app_catalog.releases import submission
from app_catalog.releases.loading import forget_loaded
from app_catalog.releases.models import App, Release
from app_catalog.releases.shelves import approve_release
from app_catalog.releases.states import newest_event, note_event
from app_catalog.releases.submission import submit_package
from app_catalog.transfers.models import AppTransfer
from app_catalog.transfers.ownership import publisher_at
from app_catalog.transfers.services import accept_offer, list_offers, offer_app, withdraw_offer
from lumbung.audit.models import PlatformAuditEntry
from lumbung.db import as_tenant, db, now
from lumbung.db.clock import shift_clock
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.messages.models import Message, PlatformMessage
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse, csrf_token, words_of
from tests.siaran import AGENCIES
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]
PAGE = "/publish/tangsel/apps/siaran/transfer"


@pytest.fixture
def giver(session: Db, world: World) -> Publisher:
    """Tangsel's publisher with SIARAN 0.9.0."""
    found = approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    _publish(session, found, "0.9.0")
    return found


@pytest.fixture
def taker(session: Db, world: World) -> Publisher:
    """A community of Surabaya's administrator."""
    return approved_publisher(session, world.surabaya.accounts["admin"], slug="komunitas", name="Komunitas Warga")


def _publish(session: Db, publisher: Publisher, version: str) -> Release:
    release = submit_package(session, publisher, siaran_zip(version=version), by_operator=True)
    assert isinstance(release, Release)
    session.commit()
    return release


def _app(session: Db) -> App:
    return session.scalars(select(App).execution_options(populate_existing=True)).one()


def _offer(session: Db, world: World, giver: Publisher, to: str = "komunitas") -> AppTransfer:
    account = world.tangsel.accounts["admin"].id
    made = offer_app(session, giver, _app(session), to=to, message="Kalian yang merawatnya", account_id=account)
    session.commit()
    return made


def _hand_over(session: Db, world: World, giver: Publisher, taker: Publisher) -> None:
    accept_offer(session, taker, _offer(session, world, giver).id, account_id=world.surabaya.accounts["admin"].id)
    session.commit()


def test_an_app_is_offered_and_accepted_on_the_pages(
    app: LumbungFlask, session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    owner = browse(app, account=world.tangsel.accounts["admin"])
    assert '<option value="komunitas"' in owner.get(PAGE).text
    assert '<option value="tangsel"' not in owner.get(PAGE).text
    assert owner.post_form(PAGE, {"to": "tak-ada", "message": "x"}).status_code == 422
    assert owner.post_form(PAGE, {"to": " Komunitas ", "message": "Kalian yang merawatnya"}).status_code == 303
    assert "sedang ditawarkan" in words_of(owner.get(PAGE))
    offered = session.scalars(select(AppTransfer)).one()
    there = f"/publish/komunitas/transfers/{offered.id}"
    drain(app)
    letter = session.scalars(select(PlatformMessage).where(PlatformMessage.subject_type == "transfer")).one()
    assert letter.recipient == world.surabaya.accounts["admin"].email
    assert there in letter.text
    assert browse(app, account=world.tangsel.accounts["admin"]).get(there).status_code == 404
    taking = browse(app, account=world.surabaya.accounts["admin"])
    assert "Kalian yang merawatnya" in words_of(taking.get("/publish/komunitas"))
    assert taking.post_form(there, {}, to=f"{there}/accept").status_code == 303
    assert taking.get("/publish/komunitas/apps/siaran").status_code == 200
    assert owner.get("/publish/tangsel/apps/siaran").status_code == 404
    assert taking.get(there).status_code == 404
    signed = words_of(browse(app).get("/apps/siaran/0.9.0"))
    assert "Kota Tangerang Selatan (kini Komunitas Warga)" in signed
    assert "Komunitas Warga" in words_of(browse(app).get("/apps?q=komunitas"))
    session.rollback()
    actions = set(session.scalars(select(PlatformAuditEntry.action)))
    assert {"app.transfer-offered", "app.transfer-accepted"} <= actions


def test_old_releases_stay_valid_and_only_the_new_publisher_publishes(
    session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    first = session.scalars(select(Release)).one()
    _hand_over(session, world, giver, taker)
    forget_loaded()
    with as_tenant(session, world.surabaya.id):
        enable_app(session, app=_app(session), release=first, overrides={"categories": AGENCIES})
        session.commit()
    with pytest.raises(Conflict, match="another publisher"):
        submit_package(session, giver, siaran_zip(version="0.9.1"))
    session.rollback()
    own = _app(session)
    assert publisher_at(session, own, first.created_at) == giver.id
    assert publisher_at(session, own, now()) == taker.id

    second = _publish(session, taker, "0.9.1")
    waiting = newest_event(session, second.id)
    assert waiting is not None
    assert waiting.kind == "submitted"
    assert "new-publisher" in [one["code"] for one in second.report["findings"]]
    approve_release(session, second.id, account_id=None)
    session.commit()
    third = newest_event(session, _publish(session, taker, "0.9.2").id)
    assert third is not None
    assert third.kind == "published"


def test_who_runs_the_app_is_told_once(
    app: LumbungFlask, session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    with as_tenant(session, world.surabaya.id):
        release = session.scalars(select(Release)).one()
        enable_app(session, app=_app(session), release=release, overrides={"categories": AGENCIES})
        session.commit()
    _hand_over(session, world, giver, taker)
    drain(app)
    for place, expected in ((world.surabaya, 1), (world.tangsel, 0)):
        with as_tenant(session, place.id):
            letters = session.scalars(select(Message).where(Message.subject_type == "transfer")).all()
            assert len(letters) == expected
            assert all("Komunitas Warga" in letter.subject for letter in letters)


def test_only_owners_offer_and_answer(
    app: LumbungFlask, session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    member = world.tangsel.accounts["dispatcher"]
    for publisher in (giver, taker):
        session.add(PublisherMember(publisher_id=publisher.id, account_id=member.id, role="maintainer"))
    session.commit()
    maintainer = browse(app, account=member)
    assert maintainer.get(PAGE).status_code == 403
    there = f"/publish/komunitas/transfers/{_offer(session, world, giver).id}"
    assert "Hanya pemilik" in words_of(maintainer.get(there))
    assert maintainer.post_form(there, {}, to=f"{there}/accept").status_code == 403
    assert maintainer.post_form(there, {}, to=f"{there}/decline").status_code == 403
    assert maintainer.post_form("/publish/tangsel", {}, to=f"{PAGE}/withdraw").status_code == 403


def test_an_offer_is_declined_with_a_reason_or_withdrawn_or_ends(
    app: LumbungFlask, session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    there = f"/publish/komunitas/transfers/{_offer(session, world, giver).id}"
    taking = browse(app, account=world.surabaya.accounts["admin"])
    assert taking.post_form(there, {"reason": "Kami terlalu sedikit"}, to=f"{there}/decline").status_code == 303
    told = session.scalars(
        select(PlatformMessage).where(PlatformMessage.recipient == world.tangsel.accounts["admin"].email)
    ).one()
    assert "Kami terlalu sedikit" in told.text
    session.commit()
    _offer(session, world, giver)
    with pytest.raises(Conflict):
        _offer(session, world, giver)
    session.rollback()
    withdraw_offer(session, _app(session), account_id=world.operator.id)
    session.commit()
    assert list_offers(session, taker) == []
    late = _offer(session, world, giver)
    with shift_clock(timedelta(days=31)):
        with pytest.raises(NotFound):
            accept_offer(session, taker, late.id, account_id=world.operator.id)
        session.rollback()
        _offer(session, world, giver)


@pytest.mark.parametrize("to", ["tangsel", "dibekukan", "tak-ada", ""])
def test_an_app_is_offered_to_no_publisher_that_cannot_answer(
    session: Db, world: World, giver: Publisher, to: str
) -> None:
    frozen = approved_publisher(session, world.surabaya.accounts["admin"], slug="dibekukan", name="Dibekukan")
    frozen.status = "suspended"
    make_platform_key(session, frozen)
    session.commit()
    with pytest.raises(Invalid) as refused:
        _offer(session, world, giver, to)
    assert set(refused.value.fields) == {"to"}


def test_what_a_suspended_publisher_offered_is_not_to_be_had(
    session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    offered = _offer(session, world, giver)
    giver.status = "suspended"
    session.commit()
    with pytest.raises(NotFound):
        accept_offer(session, taker, offered.id, account_id=world.operator.id)


def test_a_release_is_its_senders_though_the_app_is_accepted_meanwhile(
    app: LumbungFlask,
    session: Db,
    world: World,
    giver: Publisher,
    taker: Publisher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offered, account, taker_id = _offer(session, world, giver).id, world.operator.id, taker.id

    def accept() -> None:
        with app.app_context():
            accept_offer(db.session, db.session.get_one(Publisher, taker_id), offered, account_id=account)
            db.session.commit()
            db.session.remove()

    other = Thread(target=accept)

    def meanwhile(*_: object) -> list[str]:
        other.start()
        other.join(1)
        return []

    monkeypatch.setattr(submission, "_look_alikes", meanwhile)
    sent = _publish(session, giver, "0.9.1").created_at
    other.join(20)
    session.rollback()
    assert _app(session).publisher_id == taker_id
    assert publisher_at(session, _app(session), sent) == giver.id


def test_nothing_is_accepted_while_a_curator_looks_at_the_givers_release(
    session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    offered = _offer(session, world, giver)
    note_event(session, _publish(session, giver, "0.9.1"), "submitted", account_id=None)
    session.commit()
    with pytest.raises(Conflict, match="waits for a curator"):
        accept_offer(session, taker, offered.id, account_id=world.operator.id)


def test_owners_of_others_are_not_flooded_with_offers(
    app: LumbungFlask, session: Db, world: World, giver: Publisher, taker: Publisher
) -> None:
    owner = browse(app, account=world.tangsel.accounts["admin"])
    sent = {"csrf_token": csrf_token(owner.get(PAGE).text), "to": "komunitas", "message": "Beli di toko kami"}
    answers = []
    for _ in range(22):
        answers.append(owner.post(PAGE, sent).status_code)
        owner.post(f"{PAGE}/withdraw", sent)
    assert answers[:20] == [303] * 20
    assert answers[-1] == 429
    letters = session.scalars(select(PlatformMessage).where(PlatformMessage.subject_type == "transfer")).all()
    assert len(letters) == 20
