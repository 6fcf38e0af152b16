"""Members of a municipality: roles, the last administrator, invitations, the end of a membership."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.db import db, use_tenant
from lumbung.db.tenancy import AnySession as SomeSession
from lumbung.errors import Invalid, NotFound
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import AccountMembership
from tenants.agencies.heads import find_head
from tenants.people import role_catalogue
from tenants.people.models import Invitation, RoleGrant
from tenants.people.services import LastAdmin, change_member, end_membership, get_member, list_members
from tests.browsing import browse, words_of
from tests.world import Place, World

AnySession = scoped_session[Session]


def siaran_roles(session: SomeSession) -> list[tuple[str, str, str]]:
    return [("siaran", "dispatcher", "Pemilah (SIARAN)"), ("siaran", "handler", "Penindak (SIARAN)")]


@pytest.fixture
def place(session: AnySession, world: World, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Tangsel, with an app whose roles are offered; the session belongs to it."""
    monkeypatch.setattr(role_catalogue, "_sources", [siaran_roles])
    use_tenant(session, world.tangsel.id)
    return world.tangsel


def change(session: AnySession, place: Place, who: str, roles: list[str], agency_id: UUID | None = None) -> bool:
    member = place.members[who]
    return change_member(
        session, member.id, name=member.name, position=member.position, agency_id=agency_id, roles=roles
    )


def test_members_are_listed_with_roles_and_found_by_words(session: AnySession, place: Place) -> None:
    found = list_members(session, query="perhubungan HEAD")
    assert [member.membership.id for member in found] == [place.members["head"].id]
    assert [agency.key for agency in found[0].heads] == ["dishub"]
    dispatcher = get_member(session, place.members["dispatcher"].id)
    assert set(dispatcher.roles) == {"official", "siaran:dispatcher"}
    assert list_members(session, query="surabaya") == []


def test_roles_are_given_and_taken(session: AnySession, place: Place) -> None:
    assert change(session, place, "handler", ["evaluator", "siaran:dispatcher"])
    assert set(get_member(session, place.members["handler"].id).roles) == {
        "official",
        "evaluator",
        "siaran:dispatcher",
    }
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "member.changed")).one()
    assert entry.before is not None
    assert entry.after is not None
    assert entry.before["roles"] == ["official", "siaran:handler"]
    assert entry.after["roles"] == ["evaluator", "official", "siaran:dispatcher"]
    assert not change(session, place, "handler", ["evaluator", "siaran:dispatcher"])


def test_roles_of_an_app_that_is_not_enabled_are_neither_given_nor_lost(
    session: AnySession, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(role_catalogue, "_sources", [])
    with pytest.raises(Invalid):
        change(session, place, "admin", ["tenant_admin", "siaran:dispatcher"])
    change(session, place, "handler", ["evaluator"])
    assert "siaran:handler" in get_member(session, place.members["handler"].id).roles


@pytest.mark.parametrize("role", ["operator", "agency_head", "siaran:chief", "a:b:c"])
def test_unknown_roles_are_refused(session: AnySession, place: Place, role: str) -> None:
    with pytest.raises(Invalid):
        change(session, place, "handler", [role])


def test_the_last_admin_stays(session: AnySession, place: Place) -> None:
    with pytest.raises(LastAdmin):
        change(session, place, "admin", [])
    with pytest.raises(LastAdmin):
        end_membership(session, place.members["admin"].id)
    change(session, place, "handler", ["tenant_admin"])
    assert change(session, place, "admin", [])


def test_two_admins_who_drop_each_other_leave_one(app: LumbungFlask, session: AnySession, place: Place) -> None:
    change(session, place, "handler", ["tenant_admin"])
    session.commit()
    tenant_id = place.id
    members = [place.members["admin"].id, place.members["handler"].id]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def drop(membership_id: UUID) -> None:
        with app.app_context():
            use_tenant(db.session, tenant_id)
            try:
                start.wait()
                end_membership(db.session, membership_id)
                db.session.commit()
                outcomes.append("ended")
            except LastAdmin:
                db.session.rollback()
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=drop, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "refused"]


def test_an_ended_membership_has_no_way_in(app: LumbungFlask, session: AnySession, place: Place) -> None:
    head = browse(app, place.host, place.accounts["head"])
    end_membership(session, place.members["head"].id)
    session.commit()
    assert find_head(session, place.agencies["dishub"].id) is None
    assert session.scalars(select(RoleGrant).where(RoleGrant.membership_id == place.members["head"].id)).all() == []
    index = select(AccountMembership).where(AccountMembership.account_id == place.accounts["head"].id)
    assert session.scalars(index).all() == []
    with pytest.raises(NotFound):
        get_member(session, place.members["head"].id)
    assert [member.membership.name for member in list_members(session, ended=True)] == ["Head Tangsel"]
    assert head.get("/manage/people").status_code == 403


def test_a_foreign_member_is_not_found(app: LumbungFlask, world: World, place: Place) -> None:
    admin = browse(app, place.host, place.accounts["admin"])
    assert admin.get(f"/manage/people/{world.surabaya.members['head'].id}").status_code == 404


def test_an_admin_changes_a_member_on_the_page(app: LumbungFlask, session: AnySession, place: Place) -> None:
    admin = browse(app, place.host, place.accounts["admin"])
    page = f"/manage/people/{place.members['handler'].id}"
    changes = {
        "name": "Hadi Tangsel",
        "agency_id": str(place.agencies["dlh"].id),
        "roles": ["siaran:handler", "evaluator"],
    }
    assert admin.post_form(page, changes).status_code == 303
    shown = words_of(admin.get("/manage/people?q=hadi"))
    assert "Dinas Lingkungan Hidup" in shown
    assert "Penindak (SIARAN)" in shown
    wrong = admin.post_form(page, {"name": "", "position": "Staf lapangan"})
    assert wrong.status_code == 422
    assert "Staf lapangan" in wrong.text


def test_dropping_the_last_admin_on_the_page_says_what_to_do(app: LumbungFlask, place: Place) -> None:
    admin = browse(app, place.host, place.accounts["admin"])
    page = f"/manage/people/{place.members['admin'].id}"
    answer = admin.post_form(page, {"roles": None})
    assert answer.status_code == 409
    assert "Jadikan orang lain admin" in words_of(answer)
    assert admin.post_form(page, to=f"{page}/end").status_code == 409
    other = f"/manage/people/{place.members['handler'].id}"
    assert admin.post_form(other, to=f"{other}/end").status_code == 303


def test_an_invitation_shows_its_link_once_and_promises_no_mail(
    app: LumbungFlask, session: AnySession, place: Place
) -> None:
    admin = browse(app, place.host, place.accounts["admin"])
    answer = admin.post_form(
        "/manage/people/new",
        {
            "name": "Budi Baru",
            "email": "budi@tangsel.test",
            "agency_id": str(place.agencies["dlh"].id),
            "roles": ["siaran:handler"],
        },
    )
    assert answer.status_code == 201
    assert "https://lumbung.test/invitation/tangsel/" in answer.text
    assert "<svg" in answer.text
    assert "Tidak ada e-mail yang dikirim" in words_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    listed = admin.get("/manage/people")
    assert "Budi Baru" in words_of(listed)
    assert "/invitation/tangsel/" not in listed.text
    invitation = session.scalars(select(Invitation)).one()
    path = f"/manage/people/invitations/{invitation.id}/withdraw"
    assert admin.post_form("/manage/people", to=path).status_code == 303
    assert path not in admin.get("/manage/people").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "budi"}, "alamat e-mail"),
        ({"name": " "}, "belum diisi"),
        ({"roles": ["siaran:chief"]}, "tidak ditawarkan"),
        ({"head": "1"}, "Kepala dari perangkat daerah mana"),
        ({"agency_id": "018f0000-0000-7000-8000-000000000000"}, "Pilih perangkat daerah"),
    ],
)
def test_a_wrong_invitation_is_explained_and_kept(
    app: LumbungFlask, place: Place, changes: dict[str, object], said: str
) -> None:
    admin = browse(app, place.host, place.accounts["admin"])
    good = {"name": "Budi Baru", "email": "budi@tangsel.test", "position": "Juru lampu"}
    answer = admin.post_form("/manage/people/new", {**good, **changes})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "Juru lampu" in answer.text
