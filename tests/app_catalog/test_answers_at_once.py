"""Two who answer at the same moment: one answer holds, the other is told, and nothing is said that did not happen."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.answering import close_case, hand_on, helping
from app_catalog.assistance.asking import ask_others
from app_catalog.assistance.closing import rate_help
from app_catalog.assistance.models import AssistanceCase
from app_catalog.assistance.partnering import offer_help
from app_catalog.assistance.thread import Party, write_message
from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.campaigns.tending import close_campaign
from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.submitting import submit_evaluation
from app_catalog.installations.services import access_installation
from app_catalog.listings.services import ListingValues, add_listing
from app_catalog.listings.uses import say_use
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.transfers.models import AppTransfer
from app_catalog.transfers.services import accept_offer, decline_offer, offer_app
from app_catalog.wishes.models import Wish, WishClaim, WishRuling
from app_catalog.wishes.reading import list_wishes
from app_catalog.wishes.services import claim_wish, rewrite_wish, rule, vote, wish, withdraw_wish
from lumbung.db import as_tenant, db, now, set_clock, use_tenant
from lumbung.errors import Invalid, LumbungError, NotFound
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.assisting import set_scene, step
from tests.app_catalog.campaign_stage import COMPLAINTS, TODAY, answers, ask_about_siaran, run_siaran
from tests.app_catalog.packages import approved_publisher
from tests.app_catalog.test_assistance_partners import HELPING, run_well
from tests.browsing import browse
from tests.siaran import add_publisher, publish_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
Doing = Callable[[], object]


def _both(app: LumbungFlask, first: Doing, second: Doing, *places: Place | None) -> list[object]:
    """`first` is done but not committed when `second` begins. How `second` ended: what it raised, or None."""
    ended: list[object] = []

    def later() -> None:
        with app.app_context():
            use_tenant(db.session, places[1].id if places and places[1] else None)
            try:
                second()
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                ended.append(error)
            else:
                ended.append(None)

    with app.app_context():
        use_tenant(db.session, places[0].id if places and places[0] else None)
        first()
        db.session.flush()
        thread = Thread(target=later)
        thread.start()
        # Long enough for whoever does not wait to be done.
        sleep(1)
        db.session.commit()
    thread.join()
    return ended


def test_declining_what_a_colleague_just_accepted(app: LumbungFlask, session: Sessions, world: World) -> None:
    publish_siaran(session, world)
    giver = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    taker = approved_publisher(session, world.surabaya.accounts["admin"], slug="komunitas", name="Komunitas Warga")
    account_id = world.surabaya.accounts["admin"].id
    siaran = session.scalars(select(App)).one()
    offer = offer_app(session, giver, siaran, to="komunitas", message="Rawatlah", account_id=account_id).id
    session.commit()
    taker_id = taker.id

    def taking() -> Publisher:
        return db.session.get_one(Publisher, taker_id)

    ended = _both(
        app,
        lambda: accept_offer(db.session, taking(), offer, account_id=account_id),
        lambda: decline_offer(db.session, taking(), offer, account_id=account_id, reason="Tidak jadi"),
    )
    assert isinstance(ended[0], LumbungError)
    session.expire_all()
    assert session.get_one(AppTransfer, offer).status == "accepted"
    assert session.scalars(select(App.publisher_id)).one() == taker_id


@pytest.fixture
def wished(session: Sessions, world: World) -> list[UUID]:
    """Two wishes of Surabaya, and a publisher of Tangsel."""
    add_publisher(session, world)
    session.commit()
    with as_tenant(session, world.surabaya.id):
        found = [_wish(session, title) for title in ("Antrean puskesmas dari rumah", "Nomor antrean lewat ponsel")]
        session.commit()
    return found


def _wish(session: Sessions, title: str) -> UUID:
    problem = "Warga datang subuh hanya untuk mengambil nomor."
    return wish(session, Visitor(name="Sri"), title=title, problem=problem, serves="Pasien", category="health").id


def test_two_of_a_publisher_take_up_the_same_wish(
    app: LumbungFlask, session: Sessions, world: World, wished: list[UUID]
) -> None:
    visitor = Visitor(account_id=world.tangsel.accounts["admin"].id, name="Tia")

    def claim() -> None:
        publisher = db.session.scalars(select(Publisher)).one()
        claim_wish(db.session, visitor, publisher, wished[0], until=now().date().replace(year=2027), note="")

    ended = _both(app, claim, claim)
    assert ended == [None]
    session.expire_all()
    assert len(session.scalars(select(WishClaim)).all()) == 1


def test_two_curators_merge_two_wishes_into_each_other(
    app: LumbungFlask, session: Sessions, world: World, wished: list[UUID]
) -> None:
    visitor = Visitor(account_id=world.operator.id, name="Kurator")

    def merge(one: UUID, into: UUID) -> Doing:
        return lambda: rule(db.session, visitor, one, kind="merged", reason="Sama maksudnya.", into=str(into))

    ended = _both(app, merge(*wished), merge(wished[1], wished[0]))
    assert isinstance(ended[0], LumbungError)
    session.expire_all()
    assert len(session.scalars(select(WishRuling)).all()) == 1


def test_two_curators_rule_about_the_same_wish(
    app: LumbungFlask, session: Sessions, world: World, wished: list[UUID]
) -> None:
    visitor = Visitor(account_id=world.operator.id, name="Kurator")

    def hide() -> None:
        rule(db.session, visitor, wished[0], kind="hidden", reason="Bukan keinginan.")

    ended = _both(app, hide, hide)
    assert ended == [None]
    session.expire_all()
    assert len(session.scalars(select(WishRuling)).all()) == 1


def test_rewriting_what_is_just_being_supported(
    app: LumbungFlask, session: Sessions, world: World, wished: list[UUID]
) -> None:
    def rewrite() -> None:
        own = db.session.scalars(select(Wish).where(Wish.id == wished[0])).one()
        rewrite_wish(db.session, own, title="Sama sekali lain", problem="x" * 30, serves="Siapa", category="health")

    ended = _both(app, lambda: vote(db.session, wished[0]), rewrite, world.tangsel, world.surabaya)
    assert isinstance(ended[0], LumbungError)


def test_merging_into_what_is_just_being_withdrawn(
    app: LumbungFlask, session: Sessions, world: World, wished: list[UUID]
) -> None:
    visitor = Visitor(account_id=world.operator.id, name="Kurator")

    def withdraw() -> None:
        withdraw_wish(db.session, db.session.scalars(select(Wish).where(Wish.id == wished[0])).one())

    def merge() -> None:
        rule(db.session, visitor, wished[1], kind="merged", reason="Sama maksudnya.", into=str(wished[0]))

    ended = _both(app, withdraw, merge, world.surabaya, None)
    assert isinstance(ended[0], LumbungError)
    session.expire_all()
    assert [found.wish.id for found in list_wishes(session)] == [wished[1]]


@pytest.mark.parametrize("also", ["rewrite", "withdraw"])
def test_changing_what_a_colleague_is_just_withdrawing(
    app: LumbungFlask, session: Sessions, world: World, wished: list[UUID], also: str
) -> None:
    def own() -> Wish:
        return db.session.scalars(select(Wish).where(Wish.id == wished[0])).one()

    def change() -> None:
        if also == "withdraw":
            withdraw_wish(db.session, own())
        else:
            rewrite_wish(
                db.session, own(), title="Sama sekali lain", problem="x" * 30, serves="Siapa", category="health"
            )

    ended = _both(app, lambda: withdraw_wish(db.session, own()), change, world.surabaya, world.surabaya)
    assert isinstance(ended[0], NotFound)


def test_answering_a_campaign_that_is_just_being_closed(app: LumbungFlask, session: Sessions, world: World) -> None:
    run_siaran(session, world, world.surabaya)
    campaign_id = ask_about_siaran(session, world).id
    evaluator = browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])
    with set_clock(TODAY):
        begun = evaluator.post_form(
            "/manage/evaluations", {"app": "siaran"}, to=f"/manage/evaluations/campaigns/{campaign_id}"
        )
        filled = answers(COMPLAINTS, step="save")
        assert evaluator.post_form(str(begun.location), filled).status_code == 303

    def submit() -> None:
        with set_clock(TODAY):
            draft = db.session.scalars(select(Evaluation)).one()
            installation = access_installation(db.session, "siaran")
            submit_evaluation(db.session, draft, with_facts=False, installation=installation)

    def close() -> None:
        with set_clock(TODAY):
            close_campaign(db.session, db.session.get_one(Campaign, campaign_id))

    ended = _both(app, close, submit, None, world.surabaya)
    assert isinstance(ended[0], Invalid)
    session.expire_all()
    assert session.scalars(select(CampaignAnswer)).all() == []


def test_one_hands_on_to_whom_the_other_is_just_handing_on(app: LumbungFlask, session: Sessions, world: World) -> None:
    scene = set_scene(app, session, world)
    run_well(scene, world.tangsel)
    key = f"partner:{world.tangsel.id}"
    publisher = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    publisher.kind, publisher.municipality_id = "community", None
    session.commit()
    assert step(browse(app, world.tangsel.host, world.tangsel.accounts["admin"]), HELPING, "", forms="online") == 303
    case_id = scene.asked().id
    asker = Visitor(account_id=world.surabaya.accounts["admin"].id, name="Sri")
    maintainer = Visitor(account_id=world.tangsel.accounts["admin"].id, name="Tia")

    def ask_it() -> None:
        ask_others(db.session, asker, db.session.get_one(AssistanceCase, (world.surabaya.id, case_id)), [key])

    def hand_it_on() -> None:
        with helping(db.session, maintainer, case_id) as helped:
            hand_on(db.session, helped, key, "Mereka lebih tahu.")

    ended = _both(app, ask_it, hand_it_on, world.surabaya, None)
    assert isinstance(ended[0], LumbungError), ended


def test_saying_twice_at_once_that_a_listing_is_used(app: LumbungFlask, session: Sessions, world: World) -> None:
    add_publisher(session, world)
    publisher = session.scalars(select(Publisher)).one()
    slug = add_listing(
        session,
        publisher,
        ListingValues(
            kind="website", name={"id": "Situs"}, summary={"id": "Situs."}, category="other",
            audience="public-service", address="https://situs.tangsel.example/",
        ),
    ).slug  # fmt: skip
    session.commit()

    def say() -> None:
        say_use(db.session, world.surabaya.id, slug)

    assert _both(app, say, say, world.surabaya, world.surabaya) == [None]


def test_offering_help_twice_at_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    scene = set_scene(app, session, world)
    run_well(scene, world.surabaya)

    def offer() -> None:
        offer_help(db.session, access_installation(db.session, "siaran"), words="", online=True, on_site=False)

    assert _both(app, offer, offer, world.surabaya, world.surabaya) == [None]


def test_a_message_into_what_is_just_being_closed(app: LumbungFlask, session: Sessions, world: World) -> None:
    case_id = set_scene(app, session, world).accepted().id
    party = Party("asker", world.surabaya.accounts["admin"].id, "Sri", "Kota Surabaya")

    def case() -> AssistanceCase:
        return db.session.get_one(AssistanceCase, (world.surabaya.id, case_id))

    ended = _both(
        app,
        lambda: close_case(db.session, case(), party),
        lambda: write_message(db.session, case(), party, "Satu lagi."),
        world.surabaya,
        world.surabaya,
    )
    assert isinstance(ended[0], LumbungError)


def test_rating_help_twice_at_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    scene = set_scene(app, session, world)
    case_id = scene.accepted().id
    party = Party("asker", world.surabaya.accounts["admin"].id, "Sri", "Kota Surabaya")
    with as_tenant(session, world.surabaya.id):
        close_case(session, session.get_one(AssistanceCase, (world.surabaya.id, case_id)), party)
        session.commit()

    def rate() -> None:
        case = db.session.get_one(AssistanceCase, (world.surabaya.id, case_id))
        rate_help(db.session, case, stars=5, words="", public=True)

    assert _both(app, rate, rate, world.surabaya, world.surabaya) == [None]
