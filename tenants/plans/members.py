"""The municipalities of a programme: added by its holder, and free to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.db import as_tenant, now, violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.i18n import Text
from lumbung.money.agreements import get_agreement
from tenants.municipalities.models import Municipality
from tenants.plans.errors import ProgrammeConflict
from tenants.plans.letters import tell_added, tell_left, tell_taken_out
from tenants.plans.models import Programme, ProgrammeMember
from tenants.plans.programmes import count_members, lock_programme, size_now
from tenants.plans.standing import is_paid
from tenants.plans.usage import measure

_NOT_PAID = Text(
    "Daerah dapat ditambahkan setelah program dibayar.", "Municipalities can be added once the programme is paid."
)
_NO_PLACE = Text(
    "Program ini sudah penuh: {size} daerah. Pilih ukuran yang lebih besar atau keluarkan salah satu.",
    "This programme is full: {size} municipalities. Choose a larger size or take one out.",
)
_TAKEN = Text(
    "Daerah ini sudah ikut program ini atau program lain yang masih berjalan.",
    "This municipality is in this programme or another that is running.",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A municipality that a search found; `taken` when it is in a programme already."""

    municipality: Municipality
    taken: bool


def list_members(session: AnySession, programme: Programme) -> Sequence[tuple[ProgrammeMember, Municipality]]:
    """Who is in a programme, by name."""
    rows = session.execute(
        select(ProgrammeMember, Municipality)
        .join(Municipality, Municipality.id == ProgrammeMember.municipality_id)
        .where(ProgrammeMember.programme_id == programme.id, ProgrammeMember.left_at.is_(None))
        .order_by(Municipality.name)
    )
    return [(member, municipality) for member, municipality in rows]


def search_municipalities(session: AnySession, query: str, *, limit: int = 10) -> Sequence[Found]:
    """Municipalities that take part and whose name or code holds these words."""
    words = query.split()[:6]
    if not words:
        return []
    rows = session.execute(
        select(Municipality, ProgrammeMember.id)
        .outerjoin(
            ProgrammeMember,
            (ProgrammeMember.municipality_id == Municipality.id) & ProgrammeMember.left_at.is_(None),
        )
        .where(
            Municipality.status != "suspended",
            *(
                or_(Municipality.name.icontains(word, autoescape=True), Municipality.region_code == word)
                for word in words
            ),
        )
        .order_by(Municipality.name)
        .limit(limit)
    )
    return [Found(municipality, member is not None) for municipality, member in rows]


def add_member(session: AnySession, programme: Programme, municipality_id: UUID) -> ProgrammeMember:
    """Take a municipality into a programme and tell its administrators; it has the larger limits at once.

    Raises NotFound, ProgrammeConflict when the programme is not paid or full, or the municipality is in another one
    that is paid.
    """
    held = lock_programme(session, programme.id)
    municipality = session.get(Municipality, municipality_id)
    if municipality is None or municipality.status == "suspended":
        raise NotFound
    if not is_paid(held, get_agreement(session, held.agreement_id)):
        raise ProgrammeConflict(_NOT_PAID)
    # Who asked for fewer is not given more to take out again at the end of the month.
    size = min(size_now(held), held.next_size or size_now(held))
    if count_members(session, held.id) >= size:
        raise ProgrammeConflict(_NO_PLACE.format(size=size))
    _leave_unpaid(session, municipality)
    member = ProgrammeMember(programme_id=held.id, municipality_id=municipality.id, added_at=now())
    try:
        with session.begin_nested():
            session.add(member)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_programme_members_municipality":
            raise
        raise ProgrammeConflict(_TAKEN) from error
    _audit(session, "programme.member-added", held, municipality)
    with as_tenant(session, municipality.id):
        measure(session, anew=False)
        tell_added(session, held, municipality)
    return member


def take_out(session: AnySession, programme: Programme, member_id: UUID) -> Municipality:
    """Let a municipality go: it has the free limits again, and keeps everything. Its administrators are told.

    Raises NotFound when it is not in this programme.
    """
    member = session.scalars(
        select(ProgrammeMember)
        .where(
            ProgrammeMember.id == member_id,
            ProgrammeMember.programme_id == programme.id,
            ProgrammeMember.left_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if member is None:
        raise NotFound
    municipality = session.get_one(Municipality, member.municipality_id)
    _end(session, member)
    _audit(session, "programme.member-taken-out", programme, municipality)
    with as_tenant(session, municipality.id):
        measure(session, anew=False)
        tell_taken_out(session, programme, municipality)
    return municipality


def leave_programme(session: AnySession) -> None:
    """Let the session's municipality leave the programme that it is in, by its own wish. Raises NotFound."""
    tenant_id = current_tenant(session)
    member = session.scalars(
        select(ProgrammeMember)
        .where(ProgrammeMember.municipality_id == tenant_id, ProgrammeMember.left_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if member is None:
        raise NotFound
    programme = session.get_one(Programme, member.programme_id)
    municipality = session.get_one(Municipality, member.municipality_id)
    _end(session, member)
    _audit(session, "programme.member-left", programme, municipality)
    measure(session, anew=False)
    tell_left(session, programme, municipality)


def release_members(session: AnySession, programme: Programme) -> None:
    """Let everybody go whose programme is over, and tell them. Those who went before are not told again."""
    for member, municipality in list_members(session, programme):
        _end(session, member)
        _audit(session, "programme.member-released", programme, municipality)
        with as_tenant(session, municipality.id):
            measure(session, anew=False)
            tell_taken_out(session, programme, municipality, over=True)


def _leave_unpaid(session: AnySession, municipality: Municipality) -> None:
    """A programme that is not paid any more keeps nobody from another."""
    row = session.execute(
        select(ProgrammeMember, Programme)
        .join(Programme, Programme.id == ProgrammeMember.programme_id)
        .where(ProgrammeMember.municipality_id == municipality.id, ProgrammeMember.left_at.is_(None))
        .with_for_update(of=ProgrammeMember)
    ).one_or_none()
    if row is not None and not is_paid(row[1], get_agreement(session, row[1].agreement_id)):
        _end(session, row[0])
        _audit(session, "programme.member-released", row[1], municipality)


def _end(session: AnySession, member: ProgrammeMember) -> None:
    member.left_at = now()
    session.flush()


def _audit(session: AnySession, action: str, programme: Programme, municipality: Municipality) -> None:
    record_audit(
        session,
        action,
        subject_type="programme",
        subject_id=programme.id,
        after={"municipality": municipality.region_code},
    )
