"""Every route that takes an id: what belongs to somebody else answers exactly as what is not there at all.

The routes come from the URL map, so that a new one is tried the day it is written. A new kind of id fails until
`foreign_ids` says what a foreign one is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.routing import Rule as UrlRule
from werkzeug.test import TestResponse

from app_catalog.assistance.models import AppMaterial, AssistanceAddress, AssistanceCase, AssistanceMeeting
from app_catalog.campaigns.models import Campaign
from app_catalog.evaluations.models import Evaluation
from app_catalog.installations.models import InstalledDefinition
from app_catalog.publishers.models import Publisher, PublisherInvitation, PublisherMember, PublishToken, SigningKey
from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest
from app_catalog.reviews.models import Review
from app_catalog.transfers.models import AppTransfer
from app_catalog.wishes.models import Wish, WishRuling
from app_runtime.imports.models import Import
from app_runtime.records.models import RecordFile
from app_runtime.upgrades.models import RecordMove
from lumbung.db import as_tenant, now
from lumbung.ids import new_id
from lumbung.web.access import CURATOR, OPERATOR, stated_rule
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import AccountSession
from tenants.accounts.sessions import open_session
from tenants.archives.models import RequestedArchive
from tenants.calendars.models import CalendarDay
from tenants.municipalities.models import Claim
from tenants.people.models import Delegation, Invitation, RoleGrant
from tests.app_runtime.work_desk import open_desk
from tests.browsing import Browser, browse
from tests.world import Place, World

Sessions = scoped_session[Session]
Ids = dict[str, UUID]
SLUGS = {"hub": "surabaya", "portal": "siaran"}
TEXTS = {
    "app_slug": "siaran",
    "action_id": "verify",
    "code": "35.78",
    "kind": "review",
    "page_id": "report",
    "record_type": "report",
}
APP_ON_HUB = {
    "learning.file",
    "judgements.evaluation_page",
    "judgements.evaluation_paper",
    "judgements.evaluation_table",
    "judgements.evaluation_evidence",
    "request_pages.show",
    "requests_api.in_full",
    "flags.flag_form",
    "flags.flag",
}
"""Routes of the hub whose slug is an app's and not a publisher's."""
NOT_FOUND_OTHERWISE = {"pages.done"}
"""Leads to the page that asks for a code, whatever the id is."""


def _belongings(session: Sessions, place: Place, desk_record: UUID, installation: Any) -> Ids:
    """One of everything that has an id, in one municipality."""
    with as_tenant(session, place.id):
        photo = session.scalars(select(RecordFile).where(RecordFile.record_id == desk_record)).one()
        agency = place.agencies["dlh"]
        delegation = Delegation(
            tenant_id=place.id,
            agency_id=agency.id,
            acting_id=place.members["cleaner"].id,
            first_day=date(2026, 1, 1),
            last_day=date(2030, 1, 1),
        )
        day = CalendarDay(tenant_id=place.id, day=date(2027, 4, 1), name="Hari jadi", kind="local")
        invitation = Invitation(
            tenant_id=place.id,
            email="baru@lumbung.test",
            name="Bayu",
            roles=["official"],
            token_digest=str(new_id()),
            expires_at=now() + timedelta(days=3),
        )
        evaluation = Evaluation(
            tenant_id=place.id,
            installation_id=installation.id,
            app_id=installation.app_id,
            version="1.0.0",
            period_start=date(2026, 1, 1),
            period_end=date(2026, 6, 30),
            scores={},
            facts={},
            author_id=place.accounts["evaluator"].id,
            author="Evaluator",
            updated_at=now(),
        )
        brought_in = Import(
            tenant_id=place.id,
            installation_id=installation.id,
            record_type="report",
            file_name="lama.csv",
            format="csv",
            status="paused",
            columns=[],
            mapping={},
            total=1,
            started_at=now(),
        )
        archive = RequestedArchive(
            tenant_id=place.id,
            account_id=place.accounts["admin"].id,
            actor_name="Admin",
            status="ready",
            expires_at=now() + timedelta(days=3),
        )
        other = InstalledDefinition(
            tenant_id=place.id,
            digest="sha256:other",
            release_id=installation.release_id,
            patches=[],
            created_at=now(),
        )
        asked = _request(place, installation.app_id)
        elsewhere = _request(place, _other_app(session, installation.app_id).id)
        helped = _assistance(session, place, installation)
        wished, hidden = _wish(place), _wish(place)
        session.add_all([wished, hidden])
        session.flush()
        account_id = place.accounts["admin"].id
        session.add(WishRuling(wish_id=hidden.id, kind="hidden", reason="Berisi nama.", account_id=account_id))
        session.add_all([delegation, day, invitation, evaluation, brought_in, archive, other, asked, elsewhere])
        session.flush()
        move = RecordMove(
            tenant_id=place.id,
            installation_id=installation.id,
            record_type="report",
            from_digest=other.digest,
            to_digest=installation.definition_digest,
            from_version="0.8.0",
            to_version="0.9.0",
            selection={"states": [], "ids": []},
            mapping={},
            status="done",
        )
        session.add(move)
        session.commit()
    return {
        "record_id": desk_record,
        "file_id": photo.file_id,
        "agency_id": agency.id,
        "membership_id": place.members["handler"].id,
        "delegation_id": delegation.id,
        "day_id": day.id,
        "invitation_id": invitation.id,
        "evaluation_id": evaluation.id,
        "import_id": brought_in.id,
        "archive_id": archive.id,
        "move_id": move.id,
        "request_id": asked.id,
        **helped,
        # Everybody may support what others ask about the same app, and nothing about another.
        "wanted_id": elsewhere.id,
        "own_wish_id": wished.id,
        # Everybody may support what is shown, and nobody what a curator hid.
        "shown_wish_id": hidden.id,
        # A campaign about an app that nobody runs here asks nothing of anybody here.
        "campaign_id": _campaign(session, place, elsewhere.app_id).id,
    }


def _campaign(session: Sessions, place: Place, app_id: UUID) -> Campaign:
    """A campaign of the publisher of an app about it."""
    today = now().date()
    campaign = Campaign(
        title={"id": "Evaluasi tahun ini", "en": "This year"},
        publisher_id=session.get_one(App, app_id).publisher_id,
        app_id=app_id,
        rubric={},
        period_start=date(2026, 1, 1),
        period_end=date(2026, 6, 30),
        opens_on=today - timedelta(days=2),
        closes_on=today + timedelta(days=20),
        opener="Penerbit",
        account_id=place.accounts["admin"].id,
    )
    session.add(campaign)
    session.commit()
    return campaign


def _wish(place: Place) -> Wish:
    return Wish(
        tenant_id=place.id,
        title="Antrean dari rumah",
        problem="Warga datang subuh untuk mengambil nomor.",
        serves="Pasien",
        category="health",
        author="Evaluator",
        municipality_name=place.municipality.name,
        updated_at=now(),
    )


def _request(place: Place, app_id: UUID) -> AppRequest:
    return AppRequest(
        tenant_id=place.id,
        app_id=app_id,
        kind="idea",
        title="Peta tanpa jaringan",
        version="0.9.0",
        author="Evaluator",
        municipality_name=place.municipality.name,
        updated_at=now(),
    )


def _assistance(session: Sessions, place: Place, installation: Any) -> Ids:
    """A case of help with a meeting; nobody is asked."""
    case = AssistanceCase(
        tenant_id=place.id,
        installation_id=installation.id,
        app_id=installation.app_id,
        topic="starting",
        form="online",
        suitable="",
        words="Mohon bantuan memulai.",
        author="Admin",
        contact_id=place.accounts["admin"].id,
        contact_name="Admin",
        contact_email=place.accounts["admin"].email,
        state="under_way",
        updated_at=now(),
    )
    session.add(case)
    session.flush()
    meeting = AssistanceMeeting(
        tenant_id=place.id,
        case_id=case.id,
        state="agreed",
        title="Sesi pertama",
        proposed_by="asker",
        options=[],
        minutes=60,
        form="online",
        place="https://rapat.example.org",
        starts_at=now(),
        updated_at=now(),
    )
    session.add(meeting)
    return {"case_id": case.id, "meeting_id": meeting.id}


def _review(place: Place, app_id: UUID) -> Review:
    return Review(
        tenant_id=place.id,
        app_id=app_id,
        version="1.0.0",
        stars=4,
        words="Cukup baik untuk kami.",
        author="Evaluator",
        municipality_name=place.municipality.name,
        updated_at=now(),
    )


def _other_app(session: Sessions, app_id: UUID) -> App:
    """Another app of the same publisher."""
    found = session.scalar(select(App).where(App.slug == "lain"))
    if found is None:
        known = session.get_one(App, app_id)
        found = App(
            slug="lain",
            publisher_id=known.publisher_id,
            category=known.category,
            audience=known.audience,
            name={"id": "Lain"},
            summary={},
            description={},
        )
        session.add(found)
        session.flush()
    return found


def _on_hub(session: Sessions, world: World, place: Place, publisher: Publisher, mine: Publisher, app_id: UUID) -> Ids:
    """What a person and a publisher have on the hub."""
    account = place.accounts["handler"]
    member = PublisherMember(publisher_id=publisher.id, account_id=account.id, role="maintainer")
    key = SigningKey(publisher_id=publisher.id, name="Kunci", public_key=str(new_id()))
    token = PublishToken(
        publisher_id=publisher.id,
        account_id=account.id,
        name="Token",
        token_digest=str(new_id()),
        expires_at=now() + timedelta(days=30),
    )
    invitation = PublisherInvitation(
        publisher_id=publisher.id,
        email="baru@lumbung.test",
        role="maintainer",
        token_digest=str(new_id()),
        expires_at=now() + timedelta(days=3),
    )
    claim = Claim(
        region_code="32.73",
        account_id=account.id,
        office="Diskominfo",
        position="Kepala bidang",
        evidence="Surat tugas",
        terms_version="1",
    )
    transfer = AppTransfer(
        app_id=app_id, from_publisher_id=mine.id, to_publisher_id=publisher.id, message="Kalian yang merawatnya"
    )
    session.add_all([member, key, token, invitation, claim, transfer])
    session.flush()
    open_session(session, account, "hub")
    opened = session.scalars(select(AccountSession.id).where(AccountSession.account_id == account.id)).one()
    with as_tenant(session, world.tangsel.id):
        review = _review(world.tangsel, app_id)
        other = _other_app(session, app_id).id
        other_review = _review(world.tangsel, other)
        elsewhere = _request(world.tangsel, other)
        session.add_all([review, other_review, elsewhere])
        session.commit()
    return {
        "member_id": member.id,
        "key_id": key.id,
        "token_id": token.id,
        "invitation_id": invitation.id,
        "transfer_id": transfer.id,
        "claim_id": claim.id,
        "session_id": opened,
        "subject_id": review.id,
        # Of another app than the one whose pages are asked.
        "request_id": elsewhere.id,
        "review_id": other_review.id,
    }


@pytest.fixture
def known_ids(app: LumbungFlask, session: Sessions, world: World) -> dict[str, tuple[Ids, Ids]]:
    """By site: ids of what is the visitor's own (where it matters) and of the same things of others."""
    here, there = open_desk(app, session, world, world.surabaya), open_desk(app, session, world, world.tangsel)
    own = _belongings(session, world.surabaya, here.report(photos=1), here.installation)
    foreign = _belongings(session, world.tangsel, there.report(photos=1), there.installation)
    others = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    mine = Publisher(
        slug="surabaya", name="Kota Surabaya", kind="municipality", contact_email="a@surabaya.test", status="approved"
    )
    session.add(mine)
    session.flush()
    admin = world.surabaya.accounts["admin"]
    session.add(PublisherMember(publisher_id=mine.id, account_id=admin.id, role="owner"))
    on_hub = _on_hub(session, world, world.tangsel, others, mine, there.installation.app_id)
    with as_tenant(session, world.surabaya.id):
        session.add_all(
            RoleGrant(
                tenant_id=world.surabaya.id,
                membership_id=world.surabaya.members["admin"].id,
                app_id=app_id,
                role=role,
            )
            for app_id, role in (("", "evaluator"), ("siaran", "dispatcher"), ("siaran", "handler"))
        )
        session.commit()
    helped = {name: foreign[name] for name in ("case_id", "meeting_id")}
    # Another publisher than the visitor's is asked.
    material = AppMaterial(
        app_id=_other_app(session, there.installation.app_id).id,
        kind="file",
        title={"id": "Panduan"},
        about={},
        file_name="panduan.pdf",
        data=b"%PDF-",
    )
    session.add(material)
    session.flush()
    helped["material_id"] = material.id
    session.add(
        AssistanceAddress(
            municipality_id=world.tangsel.id,
            case_id=helped["case_id"],
            app_id=there.installation.app_id,
            publisher_id=others.id,
            topic="starting",
            updated_at=now(),
        )
    )
    session.commit()
    foreign_on_hub = {name: foreign[name] for name in ("evaluation_id", "file_id", "campaign_id", "shown_wish_id")}
    return {"portal": (own, foreign), "hub": ({}, {**on_hub, **helped, **foreign_on_hub})}


def _uuid_arguments(rule: UrlRule) -> list[str]:
    return list(re.findall(r"<uuid:(\w+)>", rule.rule))


def _routes(app: LumbungFlask) -> Iterator[tuple[UrlRule, str]]:
    for rule in app.url_map.iter_rules():
        # Operators and curators belong to the platform: nothing there is another's.
        if _uuid_arguments(rule) and stated_rule(app.view_functions[rule.endpoint]) not in (OPERATOR, CURATOR):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def _masked(answer: TestResponse, ids: Ids) -> tuple[int, str, dict[str, str]]:
    text = answer.text
    for secret in (answer.headers.get("X-Request-Id", "-"), *map(str, ids.values())):
        text = text.replace(secret, "~")
    text = re.sub(r'nonce="[^"]+"', "~", text)
    text = re.sub(r'(name="csrf_token" value|name="csrf-token" content)="[^"]+"', "~", text)
    varying = {"X-Request-Id", "Content-Security-Policy", "Set-Cookie", "Date", "Content-Length"}
    return answer.status_code, text, {key: value for key, value in answer.headers.items() if key not in varying}


def _ask(app: LumbungFlask, browser: Browser, rule: UrlRule, method: str, ids: Ids) -> TestResponse:
    site = str(rule.host)
    slug = "siaran" if rule.endpoint in APP_ON_HUB else SLUGS[site]
    values = {name: ids.get(name) or TEXTS.get(name, slug) for name in rule.arguments}
    return browser.open(method, app.url_map.bind(site).build(rule.endpoint, values))


def test_what_is_foreign_answers_as_what_is_missing(
    app: LumbungFlask, world: World, known_ids: dict[str, tuple[Ids, Ids]]
) -> None:
    admin = world.surabaya.accounts["admin"]
    browsers = {"hub": browse(app, "lumbung.test", admin), "portal": browse(app, world.surabaya.host, admin)}
    app.config["WTF_CSRF_ENABLED"] = False
    tried, different = 0, []
    try:
        for rule, method in _routes(app):
            site, names = str(rule.host), _uuid_arguments(rule)
            own, foreign = known_ids[site]
            assert set(names) <= set(foreign), f"Say in this test what a foreign id is for {rule.rule}."
            for choice in product((own, foreign), repeat=len(names)):
                if foreign not in choice:
                    continue
                picked = {name: source.get(name, foreign[name]) for name, source in zip(names, choice, strict=True)}
                # Only what is foreign is exchanged for what is nowhere; what is the visitor's own stays.
                nowhere = {name: picked[name] if picked[name] == own.get(name) else new_id() for name in names}
                asked = _masked(_ask(app, browsers[site], rule, method, picked), picked)
                missing = _masked(_ask(app, browsers[site], rule, method, nowhere), nowhere)
                tried += 1
                expected = 302 if rule.endpoint in NOT_FOUND_OTHERWISE else 404
                if asked != missing or asked[0] != expected:
                    different.append(f"{method} {rule.rule} {sorted(picked)}: {asked[0]}, missing {missing[0]}")
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert different == []
    assert tried > 40


def test_own_ids_do_answer(app: LumbungFlask, world: World, known_ids: dict[str, tuple[Ids, Ids]]) -> None:
    """Without this the test above could pass because nothing was ever found."""
    own, _ = known_ids["portal"]
    portal = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    found: list[str] = []
    lost: list[str] = []
    for rule, method in _routes(app):
        if method != "GET" or str(rule.host) != "portal" or rule.endpoint in NOT_FOUND_OTHERWISE:
            continue
        answer = _ask(app, portal, rule, method, own)
        (found if answer.status_code in (200, 302, 303) else lost).append(f"{rule.rule} {answer.status_code}")
    assert len(found) >= 7, lost
