"""Programmes: made and paid, made larger or smaller, ended and continued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.money.agreements import (
    change_agreement,
    continue_agreement,
    end_agreement,
    get_agreement,
    lock_agreement,
    lock_one,
    open_agreement,
    withdraw_agreement,
)
from lumbung.money.models import Agreement, AgreementStatus, Cadence
from tenants.plans.catalogue import PLANS, Plan, PlanKind
from tenants.plans.errors import ProgrammeConflict
from tenants.plans.models import Programme, ProgrammeMember

KIND = "plan"
"""The kind of a programme's agreement."""
LONGEST_MONTH = timedelta(days=32)
OVER = (AgreementStatus.ENDED, AgreementStatus.ABANDONED)
_ANOTHER = Text("Pilih ukuran lain.", "Choose another size.")
_UNPAID = Text(
    "Ukuran dapat diubah selama program dibayar dan tidak sedang dihentikan.",
    "The size can be changed while the programme is paid and not being ended.",
)
_ONCE = Text(
    "Ukuran hanya dapat diubah sekali dalam satu bulan berbayar. Coba lagi setelah bulan ini berakhir.",
    "The size can be changed once in a paid month. Try again when this month is over.",
)
_AHEAD = Text(
    "Program ini dibayar di muka sampai lebih dari sebulan. Minta pengelola Lumbung untuk memperbesarnya.",
    "This programme is paid for more than a month ahead. Ask the operator of Lumbung to make it larger.",
)
_MORE_MEMBERS = Text(
    "Program berisi {members} daerah, lebih dari {size}. Keluarkan beberapa dahulu.",
    "The programme holds {members} municipalities, more than {size}. Take some out first.",
)


def plan_of(programme: Programme) -> Plan:
    """The plan that a programme is of."""
    return PLANS[PlanKind(programme.kind)]


def size_now(programme: Programme) -> int:
    """How many municipalities it may hold now."""
    over = programme.next_size_at is not None and now() >= programme.next_size_at
    return programme.next_size if over and programme.next_size is not None else programme.size


def make_programme(
    session: AnySession, *, account_id: UUID, kind: PlanKind, name: str, size: int, description: str = ""
) -> Programme:
    """A new programme that waits for its first payment. Raises Invalid for a size that there is not."""
    programme_id = new_id()
    agreement = _open(session, programme_id=programme_id, account_id=account_id, kind=kind, name=name, size=size)
    programme = Programme(
        id=programme_id,
        name=name,
        kind=kind,
        holder_account_id=account_id,
        description=description,
        size=size,
        agreement_id=agreement.id,
    )
    session.add(programme)
    session.flush()
    record_audit(
        session,
        "programme.made",
        subject_type="programme",
        subject_id=programme_id,
        after={"kind": kind, "name": name, "size": size},
    )
    return programme


def begin_again(session: AnySession, programme: Programme, *, size: int | None = None) -> Agreement:
    """A new agreement for a programme whose last one is over or was never paid, of another size if one is given.

    Raises ProgrammeConflict else, and when it holds more than that; Invalid for a size that there is not.
    """
    held = lock_programme(session, programme.id)
    before = get_agreement(session, held.agreement_id)
    if before.status not in OVER:
        raise ProgrammeConflict
    wanted = size_now(held) if size is None else size
    _check_members(session, held, wanted)
    made = _open(
        session,
        programme_id=held.id,
        account_id=held.holder_account_id,
        kind=PlanKind(held.kind),
        name=held.name,
        size=wanted,
    )
    held.size, held.next_size, held.next_size_at, held.changed_until = wanted, None, None, None
    held.agreement_id, held.late_since, held.over_since = made.id, None, None
    session.flush()
    return made


def withdraw_programme(session: AnySession, programme: Programme) -> None:
    """Take back a programme that nobody has paid yet; it can be begun again. Raises what `withdraw_agreement` does."""
    withdraw_agreement(session, get_agreement(session, programme.agreement_id))


def choose_first_size(session: AnySession, programme: Programme, size: int) -> Agreement:
    """A new agreement of another size in the place of one that nobody has paid yet.

    Raises Invalid for a size that there is not, or that it has; ProgrammeConflict when it holds more; what
    `withdraw_agreement` raises.
    """
    if plan_of(programme).price_of(size) is None or size == size_now(programme):
        raise Invalid(fields={"size": [str(_ANOTHER)]})
    _check_members(session, programme, size)
    withdraw_programme(session, programme)
    return begin_again(session, programme, size=size)


def get_programme(session: AnySession, programme_id: UUID, *, account_id: UUID | None) -> Programme:
    """A programme of this account. Raises NotFound, the same for missing and another's."""
    found = session.get(Programme, programme_id)
    if found is None or account_id is None or found.holder_account_id != account_id:
        raise NotFound
    return found


def list_programmes(session: AnySession, account_id: UUID) -> Sequence[tuple[Programme, Agreement, int]]:
    """The programmes of an account with their agreements and how many municipalities they hold, the newest first."""
    members = (
        select(ProgrammeMember.programme_id, func.count().label("n"))
        .where(ProgrammeMember.left_at.is_(None))
        .group_by(ProgrammeMember.programme_id)
        .subquery()
    )
    rows = session.execute(
        select(Programme, Agreement, func.coalesce(members.c.n, 0))
        .join(Agreement, Agreement.id == Programme.agreement_id)
        .outerjoin(members, members.c.programme_id == Programme.id)
        .where(Programme.holder_account_id == account_id)
        .order_by(Programme.created_at.desc(), Programme.id)
    )
    return [(programme, agreement, int(n)) for programme, agreement, n in rows]


def lock_programme(session: AnySession, programme_id: UUID) -> Programme:
    """The programme as it stands now, held until the transaction ends; a smaller size whose time came is its size.

    Raises AgreementBusy in a request when another holds it for seconds.
    """
    found = lock_one(session, select(Programme).where(Programme.id == programme_id))
    if found.next_size is not None and size_now(found) == found.next_size:
        found.size, found.next_size, found.next_size_at = found.next_size, None, None
    return found


def count_members(session: AnySession, programme_id: UUID) -> int:
    """How many municipalities are in a programme now."""
    mine = select(func.count()).where(ProgrammeMember.programme_id == programme_id, ProgrammeMember.left_at.is_(None))
    return session.scalar(mine) or 0


def _check_members(session: AnySession, programme: Programme, size: int) -> None:
    members = count_members(session, programme.id)
    if members > size:
        raise ProgrammeConflict(_MORE_MEMBERS.format(members=members, size=size))


def check_change(session: AnySession, programme: Programme, size: int) -> datetime:
    """When a change of the size would take effect: now, or the end of the paid month for a smaller one.

    Raises Invalid for a size that there is not, ProgrammeConflict when it cannot be changed now or holds more.
    """
    agreement = get_agreement(session, programme.agreement_id)
    price = plan_of(programme).price_of(size)
    if price is None or size == size_now(programme):
        raise Invalid(fields={"size": [str(_ANOTHER)]})
    paid_until = agreement.paid_until
    if agreement.status != AgreementStatus.ACTIVE or agreement.cancel_at_period_end or paid_until is None:
        raise ProgrammeConflict(_UNPAID)
    if programme.changed_until is not None and now() < programme.changed_until:
        raise ProgrammeConflict(_ONCE)
    _check_members(session, programme, size)
    if size <= size_now(programme):
        return paid_until
    if paid_until > now() + LONGEST_MONTH:
        raise ProgrammeConflict(_AHEAD)
    return now()


def change_size(session: AnySession, programme: Programme, size: int) -> Programme:
    """Let a programme hold more from now on, or fewer from the end of the paid month on; the new price counts from the
    next month on in both cases. Raises what `check_change` raises."""
    # The agreement is held first, as where Stripe's news is brought in.
    agreement = lock_agreement(session, programme.agreement_id)
    held = lock_programme(session, programme.id)
    before = held.size
    at = check_change(session, held, size)
    if size > held.size:
        held.size = size
    else:
        held.next_size, held.next_size_at = size, at
    held.changed_until = agreement.paid_until
    price = plan_of(held).price_of(size)
    assert price is not None
    change_agreement(session, agreement, amount=price, description=_described(PlanKind(held.kind), held.name, size))
    record_audit(
        session,
        "programme.size",
        subject_type="programme",
        subject_id=held.id,
        before={"size": before},
        after={"size": size, "from": at.isoformat()},
    )
    return held


def cancel_programme(session: AnySession, programme: Programme) -> None:
    """Let a programme end with the month that is paid. Raises CannotChange when it does not run."""
    end_agreement(session, lock_agreement(session, programme.agreement_id))


def continue_programme(session: AnySession, programme: Programme) -> None:
    """Let a programme that was to end go on. Raises CannotChange when it is over already."""
    continue_agreement(session, lock_agreement(session, programme.agreement_id))


def _open(
    session: AnySession, *, programme_id: UUID, account_id: UUID, kind: PlanKind, name: str, size: int
) -> Agreement:
    price = PLANS[kind].price_of(size)
    if price is None:
        raise Invalid(fields={"size": [str(Text("Pilih salah satu ukuran.", "Choose one of the sizes."))]})
    return open_agreement(
        session,
        kind=KIND,
        account_id=account_id,
        payer_name=name,
        description=_described(kind, name, size),
        subject=("programme", str(programme_id)),
        amount=price,
        cadence=Cadence.MONTHLY,
    )


def _described(kind: PlanKind, name: str, size: int) -> str:
    # It stands on Stripe's page, on invoices and on receipts, which are read in both languages.
    return f"Lumbung {PLANS[kind].name.id} ({size} daerah): {name}"
