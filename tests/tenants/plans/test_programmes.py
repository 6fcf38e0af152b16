"""Programmes: who is in them, how large they are, and that they follow what is paid."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, db, now, set_clock
from lumbung.errors import NotFound
from lumbung.ids import new_id
from lumbung.messages.models import Message, PlatformMessage
from lumbung.money.agreements import tell_of_change
from lumbung.money.errors import CannotChange
from lumbung.money.models import AgreementStatus
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import PLANS, PlanKind, Resource
from tenants.plans.errors import ProgrammeConflict
from tenants.plans.members import add_member, leave_programme, list_members, search_municipalities, take_out
from tenants.plans.models import Programme, ProgrammeMember
from tenants.plans.programmes import (
    begin_again,
    cancel_programme,
    change_size,
    continue_programme,
    get_programme,
    lock_programme,
    make_programme,
    size_now,
)
from tenants.plans.standing import GRACE, standing_of
from tests.tenants.plans.programme_world import agreement_of, paid_programme
from tests.world import World

Db = scoped_session[Session]
FREE = PLANS[PlanKind.PARTNER].limits


@pytest.fixture
def programme(session: Db, world: World) -> Programme:
    """A province's programme of ten that is paid by the stranger."""
    return paid_programme(session, world.stranger)


def letters(session: Db, tenant_id: UUID) -> list[str]:
    with as_tenant(session, tenant_id):
        return list(session.scalars(select(Message.subject).order_by(Message.id)))


def to_holder(session: Db) -> list[str]:
    return list(session.scalars(select(PlatformMessage.subject).order_by(PlatformMessage.id)))


def plenty(session: Db, many: int) -> list[UUID]:
    """More municipalities, without people; committed."""
    made = [
        Municipality(
            id=new_id(), region_code=f"99.{n:02}", slug=f"daerah-{n}", name=f"Kota {n}", timezone="Asia/Jakarta"
        )
        for n in range(many)
    ]
    session.add_all(made)
    session.commit()
    return [one.id for one in made]


def test_a_municipality_in_a_paid_programme_has_five_times_as_much_and_is_told(
    session: Db, world: World, programme: Programme
) -> None:
    add_member(session, programme, world.tangsel.id)
    standing = standing_of(session, world.tangsel.id)
    assert standing.limits == {resource: limit * 5 for resource, limit in FREE.items()}
    assert standing.plan is PlanKind.PROVINCE
    assert letters(session, world.tangsel.id) == ["Kota Tangerang Selatan ikut program Provinsi Banten"]
    [(member, municipality)] = list_members(session, programme)
    assert municipality.id == world.tangsel.id
    assert (member.files_percent, member.records_percent, member.emails_percent) == (0, 0, 0)
    assert standing_of(session, world.surabaya.id).limits == FREE


def test_it_leaves_by_itself_and_the_holder_is_told(session: Db, world: World, programme: Programme) -> None:
    add_member(session, programme, world.tangsel.id)
    with as_tenant(session, world.tangsel.id):
        leave_programme(session)
        with pytest.raises(NotFound):
            leave_programme(session)
    assert standing_of(session, world.tangsel.id).limits == FREE
    assert to_holder(session) == ["Kota Tangerang Selatan keluar dari program Provinsi Banten"]


def test_taking_out_is_told_and_another_programmes_member_is_not_found(
    session: Db, world: World, programme: Programme
) -> None:
    member = add_member(session, programme, world.tangsel.id)
    other = paid_programme(session, world.operator, name="Lain")
    with pytest.raises(NotFound):
        take_out(session, other, member.id)
    take_out(session, programme, member.id)
    assert letters(session, world.tangsel.id)[-1] == "Kota Tangerang Selatan tidak lagi ikut program Provinsi Banten."
    with pytest.raises(NotFound):
        take_out(session, programme, member.id)


def test_nobody_is_added_before_it_is_paid_nor_to_two_that_run(session: Db, world: World, programme: Programme) -> None:
    unpaid = make_programme(session, account_id=world.operator.id, kind=PlanKind.VENDOR, name="CV Baru", size=5)
    with pytest.raises(ProgrammeConflict, match="is paid"):
        add_member(session, unpaid, world.tangsel.id)
    add_member(session, programme, world.tangsel.id)
    other = paid_programme(session, world.operator, name="Lain")
    with pytest.raises(ProgrammeConflict, match="another that is running"):
        add_member(session, other, world.tangsel.id)
    with pytest.raises(NotFound):
        add_member(session, programme, new_id())
    assert [(one.municipality.slug, one.taken) for one in search_municipalities(session, "kota tang")] == [
        ("tangsel", True)
    ]
    assert search_municipalities(session, "%") == []


def test_a_programme_that_stopped_paying_keeps_nobody_from_another(
    session: Db, world: World, programme: Programme
) -> None:
    add_member(session, programme, world.tangsel.id)
    agreement = agreement_of(session, programme)
    agreement.status = AgreementStatus.LATE
    tell_of_change(session, agreement)
    tell_of_change(session, agreement)
    assert to_holder(session) == ["Pembayaran program Provinsi Banten belum berhasil"]
    other = paid_programme(session, world.operator, name="Lain")
    with set_clock(now() + GRACE - timedelta(hours=1)):
        assert standing_of(session, world.tangsel.id).raised
        with pytest.raises(ProgrammeConflict):
            add_member(session, other, world.tangsel.id)
    with set_clock(now() + GRACE + timedelta(hours=1)):
        assert standing_of(session, world.tangsel.id).limits == FREE
        add_member(session, other, world.tangsel.id)
    assert list_members(session, programme) == []
    agreement.status = AgreementStatus.ACTIVE
    tell_of_change(session, agreement)
    assert programme.late_since is None


def test_it_ends_with_its_agreement_and_begins_again(session: Db, world: World, programme: Programme) -> None:
    add_member(session, programme, world.tangsel.id)
    cancel_programme(session, programme)
    agreement = agreement_of(session, programme)
    assert agreement.cancel_at_period_end
    assert standing_of(session, world.tangsel.id).raised
    continue_programme(session, programme)
    session.refresh(agreement)
    assert (agreement.cancel_at_period_end, agreement.status) == (False, "active")
    agreement.status, agreement.ended_at = AgreementStatus.ENDED, now()
    for _ in range(2):
        tell_of_change(session, agreement)
    assert standing_of(session, world.tangsel.id).limits == FREE
    assert letters(session, world.tangsel.id)[1:] == ["Program Provinsi Banten sudah berakhir."]
    assert to_holder(session) == ["Program Provinsi Banten sudah berakhir"]
    with pytest.raises(CannotChange):
        cancel_programme(session, programme)
    again = begin_again(session, programme)
    assert (again.id != agreement.id, again.amount, again.status) == (True, 2_500_000, "opened")
    with pytest.raises(ProgrammeConflict):
        begin_again(session, programme)
    # What is still said of the former one does nothing to the new.
    tell_of_change(session, agreement)
    assert programme.agreement_id == again.id


def test_larger_counts_at_once_and_only_once_in_a_paid_month(session: Db, world: World, programme: Programme) -> None:
    agreement = agreement_of(session, programme)
    change_size(session, programme, 20)
    assert (size_now(programme), agreement.amount) == (20, 4_500_000)
    with pytest.raises(ProgrammeConflict, match="once in a paid month"):
        change_size(session, programme, 40)
    assert agreement.paid_until is not None
    with set_clock(agreement.paid_until + timedelta(minutes=1)):
        agreement.paid_until += timedelta(days=30)
        change_size(session, programme, 10)
        assert size_now(programme) == 20
        assert agreement.amount == 2_500_000
        # No more are taken in than there will be place for.
        ids = plenty(session, 11)
        for one in ids[:10]:
            add_member(session, programme, one)
        with pytest.raises(ProgrammeConflict, match="full"):
            add_member(session, programme, ids[10])
    with set_clock(agreement.paid_until):
        assert size_now(programme) == 10
        assert lock_programme(session, programme.id).next_size is None


def test_it_is_not_made_smaller_than_what_it_holds(session: Db, world: World) -> None:
    programme = paid_programme(session, world.stranger, size=20)
    for one in plenty(session, 11):
        add_member(session, programme, one)
    with pytest.raises(ProgrammeConflict, match="holds 11"):
        change_size(session, programme, 10)
    cancel_programme(session, programme)
    with pytest.raises(ProgrammeConflict, match="not being ended"):
        change_size(session, programme, 40)


def test_what_is_paid_far_ahead_is_not_made_larger_for_nothing(session: Db, world: World, programme: Programme) -> None:
    agreement_of(session, programme).paid_until = now() + timedelta(days=300)
    with pytest.raises(ProgrammeConflict, match="month ahead"):
        change_size(session, programme, 40)


def test_only_its_holder_finds_it(session: Db, world: World, programme: Programme) -> None:
    assert get_programme(session, programme.id, account_id=world.stranger.id) is not None
    for other in (world.operator.id, None):
        with pytest.raises(NotFound):
            get_programme(session, programme.id, account_id=other)


def test_of_two_programmes_that_take_one_municipality_at_once_one_has_it(
    app: LumbungFlask, session: Db, world: World, programme: Programme
) -> None:
    other = paid_programme(session, world.operator, name="Lain")
    told = together(app, [(one.id, world.tangsel.id) for one in (programme, other)] * 4)
    assert told == {"added": 1, "ProgrammeConflict": 7}


def test_twenty_at_once_fill_a_programme_and_no_more(app: LumbungFlask, session: Db, world: World) -> None:
    programme = paid_programme(session, world.stranger, kind=PlanKind.VENDOR, size=5)
    told = together(app, [(programme.id, one) for one in plenty(session, 20)])
    assert told == {"added": 5, "ProgrammeConflict": 15}
    session.rollback()
    assert session.scalar(select(func.count()).where(ProgrammeMember.left_at.is_(None))) == 5


def together(app: LumbungFlask, adds: list[tuple[UUID, UUID]]) -> Counter[str]:
    """Add all at the same instant; how often what came of it."""
    gate = threading.Barrier(len(adds))

    def add(programme_id: UUID, municipality_id: UUID) -> str:
        with app.app_context():
            # Before they have connections, of which there are fewer.
            gate.wait(20)
            found = db.session.get_one(Programme, programme_id)
            try:
                add_member(db.session, found, municipality_id)
            except ProgrammeConflict as error:
                db.session.rollback()
                return type(error).__name__
            db.session.commit()
            return "added"

    with ThreadPoolExecutor(len(adds)) as pool:
        doing = [pool.submit(add, *one) for one in adds]
        return Counter(one.result(60) for one in doing)


def test_every_resource_has_a_limit_in_every_plan() -> None:
    for plan in PLANS.values():
        assert set(plan.limits) == set(Resource)
        assert all(limit > 0 for limit in plan.limits.values())
