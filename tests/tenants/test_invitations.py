"""Invitations: made by an admin, accepted once, on the hub, into one municipality."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, db, now, set_clock
from lumbung.errors import Invalid, NotFound
from lumbung.messages import Message
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account, AccountMembership
from tenants.accounts.passwords import hash_password
from tenants.accounts.services import find_account, list_memberships
from tenants.agencies.models import AgencyHead
from tenants.people.acceptance import accept_invitation
from tenants.people.errors import InvitationGone
from tenants.people.invitations import invite_person, list_open_invitations, withdraw_invitation
from tenants.people.models import Invitation, Membership, RoleGrant
from tests.browsing import browse, words_of
from tests.world import PASSWORD, Place, World

DbSession = scoped_session[Session]
GUEST = {"email": "Sari@DLH.tangsel.test", "name": "Sari Sampah", "position": "Kepala Seksi"}


def _invite(session: DbSession, place: Place, **more: Any) -> tuple[Invitation, str]:
    admin = place.accounts["admin"]
    visitor = Visitor(account_id=admin.id, name=admin.name, roles=frozenset({"tenant_admin"}))
    with as_tenant(session, place.id):
        made = invite_person(session, visitor, **(GUEST | more))
    session.commit()
    return made


def _membership(session: DbSession, place: Place, account: Account) -> tuple[Membership | None, set[str], bool]:
    session.expire_all()
    with as_tenant(session, place.id):
        member = session.scalar(select(Membership).where(Membership.account_id == account.id))
        if member is None:
            return None, set(), False
        grants = session.scalars(select(RoleGrant).where(RoleGrant.membership_id == member.id))
        roles = {f"{one.app_id}:{one.role}".removeprefix(":") for one in grants}
        heads = session.scalar(select(AgencyHead).where(AgencyHead.membership_id == member.id)) is not None
    return member, roles, heads


def test_a_new_person_makes_an_account_and_arrives_with_the_roles(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    dlh = world.tangsel.agencies["dlh"].id
    _, link = _invite(session, world.tangsel, agency_id=dlh, head=True, roles=["siaran:handler", "evaluator"])
    browser = browse(app)
    page = browser.get(link)
    said = words_of(page)
    for part in ("Kota Tangerang Selatan", "Admin Tangsel", "Kepala Seksi", "Dinas Lingkungan Hidup", "sari@dlh"):
        assert part in said
    assert page.headers["Cache-Control"] == "no-store"
    path = link.removeprefix("https://lumbung.test")
    weak = browser.post_form(path, {"password": "pendek"}, to=f"{path}/account")
    assert weak.status_code == 422
    answer = browser.post_form(path, {"password": PASSWORD}, to=f"{path}/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/handover?to=tangsel&next=%2Fwork")
    account = find_account(session, "sari@dlh.tangsel.test")
    assert account is not None
    member, roles, heads = _membership(session, world.tangsel, account)
    assert member is not None
    assert (member.name, member.position, member.agency_id) == ("Sari Sampah", "Kepala Seksi", dlh)
    assert (roles, heads) == ({"official", "siaran:handler", "evaluator"}, True)
    assert [place.slug for place in list_memberships(session, account.id)] == ["tangsel"]
    arrival = browser.follow(answer)
    assert (arrival.status_code, arrival.request.path) == (200, "/work")


def test_an_existing_person_signs_in_and_accepts(app: LumbungFlask, session: DbSession, world: World) -> None:
    world.stranger.password_hash = hash_password(PASSWORD)
    _, link = _invite(session, world.tangsel, email=world.stranger.email, roles=["tenant_admin"])
    path = link.removeprefix("https://lumbung.test")
    browser = browse(app)
    page = browser.get(path)
    assert "sudah punya akun" in words_of(page)
    assert "/account" not in page.text.split("<main", 1)[1]
    sign_in = browser.post_form(f"/sign-in?next={path}", {"email": world.stranger.email, "password": PASSWORD})
    assert sign_in.headers["Location"] == path
    answer = browser.post_form(path)
    assert answer.headers["Location"] == "/handover?to=tangsel&next=%2Fmanage"
    assert _membership(session, world.tangsel, world.stranger)[1] == {"official", "tenant_admin"}


def test_accepting_with_another_account_is_pointed_out(app: LumbungFlask, session: DbSession, world: World) -> None:
    _, link = _invite(session, world.tangsel)
    page = browse(app, account=world.stranger).get(link)
    assert "sari@dlh.tangsel.test, sedangkan Anda masuk sebagai warga@lumbung.test" in words_of(page)


def test_an_account_that_exists_cannot_be_taken_through_an_invitation(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    _, link = _invite(session, world.tangsel, email=world.operator.email)
    path = link.removeprefix("https://lumbung.test")
    answer = browse(app).post_form(path, {"name": "X", "password": PASSWORD}, to=f"{path}/account")
    assert answer.headers["Location"] == path
    session.expire_all()
    assert session.get_one(Account, world.operator.id).password_hash is None
    assert _membership(session, world.tangsel, world.operator)[0] is None


def test_used_withdrawn_expired_unknown_and_foreign_links_get_one_clear_page(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    _, used = _invite(session, world.tangsel, email="a@x.test")
    accept_invitation(session, "tangsel", used.rsplit("/", 1)[1], world.stranger)
    invitation, withdrawn = _invite(session, world.tangsel, email="b@x.test")
    with as_tenant(session, world.tangsel.id):
        withdraw_invitation(session, invitation.id)
    _, replaced = _invite(session, world.tangsel, email="c@x.test")
    _, open_link = _invite(session, world.tangsel, email="c@x.test")
    with set_clock(now() - timedelta(days=15)):
        _, expired = _invite(session, world.tangsel, email="d@x.test")
    session.commit()
    for link in (used, withdrawn, replaced, expired):
        with pytest.raises(InvitationGone):
            accept_invitation(session, "tangsel", link.rsplit("/", 1)[1], world.operator)
    session.rollback()
    foreign = open_link.replace("/tangsel/", "/surabaya/")
    pages = set()
    browser = browse(app, account=world.operator)
    assert browser.get(open_link).status_code == 200
    for link in (used, withdrawn, replaced, expired, foreign, open_link[:-1], open_link.replace("tangsel", "a%00")):
        answer = browser.get(link)
        assert answer.status_code == 410
        pages.add(words_of(answer).split("Kode bantuan")[0])
        token = browser.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
        assert browser.post(link, {"csrf_token": token}).status_code == 410
    [page] = pages
    assert "Undangan ini sudah tidak berlaku" in page
    assert _membership(session, world.surabaya, world.operator)[0] is None
    assert _membership(session, world.tangsel, world.operator)[0] is None


def test_an_invitation_pressed_twice_at_once_is_accepted_once(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    _, link = _invite(session, world.tangsel)
    token, people = link.rsplit("/", 1)[1], [world.stranger.id, world.operator.id]
    results: list[str] = []
    barrier = threading.Barrier(2)

    def press(account_id: Any) -> None:
        with app.app_context():
            account = db.session.get_one(Account, account_id)
            barrier.wait()
            try:
                accept_invitation(db.session, "tangsel", token, account)
                db.session.commit()
                results.append("joined")
            except InvitationGone:
                db.session.rollback()
                results.append("gone")

    threads = [threading.Thread(target=press, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["gone", "joined"]
    with as_tenant(session, world.tangsel.id):
        joined = session.scalars(select(Membership).where(Membership.account_id.in_(people))).all()
    assert len(joined) == 1


def test_a_running_membership_gains_roles_and_an_ended_one_begins_without_its_former(
    session: DbSession, world: World
) -> None:
    evaluator = world.tangsel.accounts["evaluator"]
    _, link = _invite(session, world.tangsel, email=evaluator.email, position="", roles=["siaran:dispatcher"])
    accept_invitation(session, "tangsel", link.rsplit("/", 1)[1], evaluator)
    member, roles, _ = _membership(session, world.tangsel, evaluator)
    assert member is not None
    assert (roles, member.position) == ({"official", "evaluator", "siaran:dispatcher"}, "Evaluator")
    former = member.id
    with as_tenant(session, world.tangsel.id):
        member.ended_at = now()
    session.commit()
    _, link = _invite(session, world.tangsel, email=evaluator.email, position="Arsiparis")
    accept_invitation(session, "tangsel", link.rsplit("/", 1)[1], evaluator)
    again, roles, _ = _membership(session, world.tangsel, evaluator)
    assert again is not None
    assert (again.id, again.ended_at, again.position, roles) == (former, None, "Arsiparis", {"official"})
    assert (
        len(session.scalars(select(AccountMembership).where(AccountMembership.account_id == evaluator.id)).all()) == 1
    )


def test_a_new_head_takes_the_place_of_the_former(session: DbSession, world: World) -> None:
    dishub = world.tangsel.agencies["dishub"]
    _, link = _invite(session, world.tangsel, agency_id=dishub.id, head=True)
    accept_invitation(session, "tangsel", link.rsplit("/", 1)[1], world.stranger)
    assert _membership(session, world.tangsel, world.stranger)[2] is True
    assert _membership(session, world.tangsel, world.tangsel.accounts["head"])[2] is False


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "bukan alamat"}, "email"),
        ({"name": " \0"}, "name"),
        ({"roles": ["operator"]}, "roles"),
        ({"roles": ["siaran:"]}, "roles"),
        ({"head": True}, "agency_id"),
        ({"position": "x" * 121}, "position"),
    ],
)
def test_an_invitation_that_will_not_do_is_said_at_the_field(
    session: DbSession, world: World, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        _invite(session, world.tangsel, **wrong)
    assert list(caught.value.fields) == [field]


def test_nobody_is_invited_into_or_withdrawn_from_another_municipality(session: DbSession, world: World) -> None:
    with pytest.raises(Invalid) as caught:
        _invite(session, world.tangsel, agency_id=world.surabaya.agencies["dlh"].id)
    assert list(caught.value.fields) == ["agency_id"]
    invitation, _ = _invite(session, world.surabaya)
    with as_tenant(session, world.tangsel.id):
        assert list_open_invitations(session) == []
        with pytest.raises(NotFound):
            withdraw_invitation(session, invitation.id)


def test_an_invitation_is_mailed_only_where_mail_can_be_sent(
    app: LumbungFlask, session: DbSession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _invite(session, world.tangsel)
    monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, smtp_url="smtp://127.0.0.1:1"))
    _, link = _invite(session, world.tangsel, roles=["tenant_admin"])
    with as_tenant(session, world.tangsel.id):
        [mail] = session.scalars(select(Message)).all()
    assert mail.recipient == "sari@dlh.tangsel.test"
    assert mail.subject == "Undangan bergabung: Kota Tangerang Selatan"
    assert link.rsplit("/", 1)[1] not in mail.text, "the link is encrypted where it is kept"


def test_no_invitation_token_stands_in_the_database(session: DbSession, world: World) -> None:
    invitation, link = _invite(session, world.tangsel)
    assert invitation.token_digest != link.rsplit("/", 1)[1]
