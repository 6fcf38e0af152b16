"""Programmes of provinces as what can be sponsored, for as long as they run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.money.models import Agreement
from lumbung.money.subjects import names_subjects
from tenants.plans.catalogue import PlanKind
from tenants.plans.models import Programme
from tenants.plans.standing import is_paid
from tenants.sponsorships.targets import MOST_FOUND, Target


class Programmes:
    """Several municipalities for which a province pays. What a vendor does is its business, and nobody's gift."""

    label = Text("Program daerah", "Programmes")

    def find(self, session: AnySession, key: str) -> Target | None:
        try:
            return self.describe(session, [str(UUID(key))]).get(str(UUID(key)))
        except ValueError:
            return None

    def search(self, session: AnySession, words: str) -> Sequence[Target]:
        query = _programmes().order_by(Programme.name, Programme.id).limit(10 * MOST_FOUND)
        if words:
            query = query.where(func.lower(Programme.name).contains(words.lower(), autoescape=True))
        found = [_target(programme, agreement) for programme, agreement in session.execute(query)]
        return [one for one in found if one.closed is None][:MOST_FOUND]

    def describe(self, session: AnySession, ids: Collection[str]) -> Mapping[str, Target]:
        query = _programmes().where(Programme.id.in_([UUID(one) for one in ids]), Agreement.paid_until.is_not(None))
        return {str(programme.id): _target(programme, agreement) for programme, agreement in session.execute(query)}


@names_subjects("programme")
def name_programmes(session: AnySession, ids: Sequence[str] | None) -> Mapping[str, str]:
    """What the books call programmes."""
    query = select(Programme.id, Programme.name)
    if ids is not None:
        query = query.where(Programme.id.in_(map(UUID, ids)))
    return {str(programme_id): name for programme_id, name in session.execute(query)}


def _programmes() -> Select[Programme, Agreement]:
    return (
        select(Programme, Agreement)
        .join(Agreement, Agreement.id == Programme.agreement_id)
        .where(Programme.kind == PlanKind.PROVINCE)
    )


def _target(programme: Programme, agreement: Agreement) -> Target:
    closed = None
    if not is_paid(programme, agreement):
        closed = Text("Program {name} tidak berjalan sekarang.", "The programme {name} does not run now.").format(
            name=programme.name
        )
    return Target(
        kind="programme",
        id=str(programme.id),
        key=f"programme:{programme.id}",
        name=Text(programme.name, programme.name),
        purpose=Text(f"Program {programme.name}", f"The programme {programme.name}"),
        href=None,
        closed=closed,
    )
