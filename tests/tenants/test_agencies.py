"""The tree of agencies, their heads and acting heads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.db import now, use_tenant
from lumbung.errors import Invalid, NotFound
from lumbung.ids import new_id
from lumbung.web.sites import LumbungFlask
from tenants.agencies import usage
from tenants.agencies.errors import AgencyInUse
from tenants.agencies.heads import delegate_head, find_head, set_head
from tenants.agencies.models import Agency
from tenants.agencies.services import (
    AgencyDetails,
    change_agency,
    close_agency,
    create_agency,
    get_agency,
    reopen_agency,
)
from tenants.agencies.tree import agency_tree, list_delegations, local_today
from tests.browsing import browse, words_of
from tests.world import World

AnySession = scoped_session[Session]


@pytest.fixture
def tangsel(session: AnySession, world: World) -> World:
    """The session belongs to Tangsel."""
    use_tenant(session, world.tangsel.id)
    return world


def details(name: str, parent: UUID | None = None) -> AgencyDetails:
    return AgencyDetails(name=name, short_name=name, parent_id=parent)


def test_agencies_stand_below_each_other(session: AnySession, tangsel: World) -> None:
    dishub = tangsel.tangsel.agencies["dishub"]
    upt = create_agency(session, details("UPT Terminal", dishub.id))
    create_agency(session, details("Pos Pamulang", upt.id))
    shown = [(row.agency.name, row.depth) for row in agency_tree(session)]
    start = shown.index(("Dinas Perhubungan", 0))
    assert shown[start : start + 3] == [("Dinas Perhubungan", 0), ("UPT Terminal", 1), ("Pos Pamulang", 2)]
    assert upt.key == "upt-terminal"


def test_a_move_below_itself_is_refused(session: AnySession, tangsel: World) -> None:
    top = create_agency(session, details("Atas"))
    middle = create_agency(session, details("Tengah", top.id))
    low = create_agency(session, details("Bawah", middle.id))
    for parent in (top.id, middle.id, low.id):
        with pytest.raises(Invalid) as refused:
            change_agency(session, top, details("Atas", parent))
        assert "parent_id" in refused.value.fields
    assert change_agency(session, low, details("Bawah", top.id))
    assert not change_agency(session, low, details("Bawah", top.id))


def test_a_parent_of_another_municipality_is_no_parent(session: AnySession, tangsel: World) -> None:
    foreign = tangsel.surabaya.agencies["dishub"].id
    with pytest.raises(Invalid):
        create_agency(session, details("Palsu", foreign))
    with pytest.raises(NotFound):
        get_agency(session, foreign)


@pytest.mark.parametrize("key", ["dishub", "DisHub", "dis hub", "-dis", "x" * 41])
def test_a_code_that_is_taken_or_malformed_is_refused(session: AnySession, tangsel: World, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_agency(session, details("Perhubungan Dua"), key=key)
    assert "key" in refused.value.fields


def test_an_agency_in_use_is_not_closed(session: AnySession, tangsel: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_usages", [])
    named = {"lapor"}
    usage.register_agency_usage(lambda session, key: ["SIARAN"] if key in named else [])
    agency = create_agency(session, details("Lapor"))
    child = create_agency(session, details("Bawah", agency.id))
    with pytest.raises(AgencyInUse, match="SIARAN"):
        close_agency(session, agency)
    named.clear()
    with pytest.raises(AgencyInUse, match="below"):
        close_agency(session, agency)
    close_agency(session, child)
    close_agency(session, agency)
    assert agency.closed_at is not None
    with pytest.raises(AgencyInUse, match="people"):
        close_agency(session, tangsel.tangsel.agencies["dishub"])
    reopen_agency(session, child)
    assert child.parent_id is None


def test_a_head_is_a_member_at_work(session: AnySession, tangsel: World) -> None:
    place = tangsel.tangsel
    dlh = place.agencies["dlh"]
    assert set_head(session, dlh, place.members["cleaner"].id)
    assert not set_head(session, dlh, place.members["cleaner"].id)
    assert find_head(session, dlh.id) == place.members["cleaner"]
    for nobody in (new_id(), tangsel.surabaya.members["head"].id):
        with pytest.raises(Invalid):
            set_head(session, dlh, nobody)
    assert set_head(session, dlh, None)
    assert find_head(session, dlh.id) is None
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "agency.head")).all()
    assert [entry.after for entry in entries][-1] == {"membership": None}


def test_an_acting_head_acts_on_stated_days(session: AnySession, tangsel: World) -> None:
    place, today = tangsel.tangsel, local_today(session)
    dishub, handler = place.agencies["dishub"], place.members["handler"]
    delegate_head(
        session, dishub, acting_id=handler.id, first_day=today, last_day=today + timedelta(days=3), reason="Cuti"
    )
    row = next(row for row in agency_tree(session) if row.agency.id == dishub.id)
    assert row.acting == handler
    wrong: tuple[dict[str, Any], ...] = (
        {"first_day": today + timedelta(days=2), "last_day": today + timedelta(days=8)},
        {"first_day": today + timedelta(days=9), "last_day": today + timedelta(days=8)},
        {"first_day": today - timedelta(days=9), "last_day": today - timedelta(days=8)},
        {"first_day": today + timedelta(days=9), "last_day": today + timedelta(days=900)},
        {
            "first_day": today + timedelta(days=9),
            "last_day": today + timedelta(days=9),
            "acting_id": place.members["head"].id,
        },
        {"first_day": today + timedelta(days=9), "last_day": today + timedelta(days=9), "acting_id": new_id()},
    )
    for values in wrong:
        with pytest.raises(Invalid):
            delegate_head(session, dishub, **{"acting_id": handler.id, **values})
    assert len(list_delegations(session)) == 1


def test_the_pages_add_change_head_and_close(app: LumbungFlask, session: AnySession, world: World) -> None:
    place = world.tangsel
    admin = browse(app, place.host, place.accounts["admin"])
    assert "Dinas Perhubungan" in words_of(admin.get("/manage/agencies"))
    new = {"name": "Dinas Pekerjaan Umum", "short_name": "DPU", "email": "dpu@tangsel.test", "phone": "021-555"}
    answer = admin.post_form("/manage/agencies/new", new)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "DPU" in words_of(admin.get(page))
    assert (
        admin.post_form(f"{page}/edit", {"name": "Dinas PU", "parent_id": str(place.agencies["dishub"].id)}).status_code
        == 303
    )
    head = {"head_id": str(place.members["handler"].id)}
    assert admin.post_form(page, head, to=f"{page}/head").status_code == 303
    today = now().date()
    acting = {
        "acting_id": str(place.members["cleaner"].id),
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=5)).isoformat(),
        "reason": "Cuti tahunan",
    }
    assert admin.post_form(page, acting, to=f"{page}/acting").status_code == 303
    shown = words_of(admin.get(page))
    assert "Cuti tahunan" in shown
    delegation = admin.get(page).text.split("/acting/")[1].split("/")[0]
    assert admin.post_form(page, to=f"{page}/acting/{delegation}/end").status_code == 303
    assert "Cuti tahunan" not in words_of(admin.get(page))
    assert admin.post_form(page, to=f"{page}/close").status_code == 303
    assert "Buka kembali" in words_of(admin.get(page))
    use_tenant(session, place.id)
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"agency.created", "agency.changed", "agency.head", "agency.acting_head", "agency.closed"} <= actions


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "belum diisi"),
        ({"email": "tanpa-at"}, "alamat e-mail"),
        ({"phone": "nomor"}, "nomor dengan angka"),
        ({"key": "dishub"}, "sudah dipakai"),
        ({"short_name": "!!!"}, "huruf kecil"),
        ({"parent_id": "bukan-id"}, "Pilih salah satu"),
    ],
)
def test_a_wrong_agency_is_explained_and_kept(
    app: LumbungFlask, world: World, changes: dict[str, str], said: str
) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    good = {"name": "Badan Kepegawaian", "short_name": "BKPSDM"}
    answer = admin.post_form("/manage/agencies/new", {**good, **changes})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "BKPSDM" in answer.text or "short_name" in changes


def test_closing_in_use_explains_why(app: LumbungFlask, world: World) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    page = f"/manage/agencies/{world.tangsel.agencies['dishub'].id}"
    answer = admin.post_form(page, to=f"{page}/close")
    assert answer.status_code == 409
    assert "Pindahkan mereka" in words_of(answer)


def test_a_wrong_delegation_is_explained_on_the_page(app: LumbungFlask, world: World) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    page = f"/manage/agencies/{world.tangsel.agencies['dishub'].id}"
    answer = admin.post_form(page, {"acting_id": "", "last_day": "kapan", "reason": "Cuti"}, to=f"{page}/acting")
    assert answer.status_code == 422
    assert "Pilih orangnya" in words_of(answer)
    assert 'value="Cuti"' in answer.text


def test_foreign_agencies_are_not_found(app: LumbungFlask, world: World) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    foreign: Agency = world.surabaya.agencies["dishub"]
    assert admin.get(f"/manage/agencies/{foreign.id}").status_code == 404
    assert admin.get(f"/manage/agencies/{new_id()}").status_code == 404
