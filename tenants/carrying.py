"""How the tables of this layer travel in a backup, and what must hold for a municipality that arrives."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from lumbung.backup.carrying import Arrival, Carrying, carry, carry_also, check_arrivals
from lumbung.backup.errors import ArchiveRefused
from tenants.accounts.models import AccountMembership
from tenants.municipalities.models import Municipality
from tenants.municipalities.services import slug_error
from tenants.people.models import Membership
from tenants.preferences.models import MessageChoice, PushDevice, QuietHours

_PERSONAL = "It belongs to a person and to one installation; nobody is signed in by a restored database."


def _people_of(table: Table, tenant_id: UUID) -> ColumnElement[bool]:
    """Everybody who works or worked there, and who accepted its terms."""
    return or_(
        table.c.id.in_(select(Membership.account_id).where(Membership.tenant_id == tenant_id)),
        table.c.id.in_(select(AccountMembership.account_id).where(AccountMembership.municipality_id == tenant_id)),
        table.c.id.in_(select(Municipality.terms_accepted_by).where(Municipality.id == tenant_id)),
    )


def _choosers(table: Table, tenant_id: UUID) -> ColumnElement[bool]:
    """Who said how they want to be told, also without working there."""
    return or_(
        *(
            table.c.id.in_(select(model.account_id).where(model.tenant_id == tenant_id, model.account_id.is_not(None)))
            for model in (MessageChoice, QuietHours, PushDevice)
        )
    )


carry(
    "accounts",
    Carrying(
        of_municipality=_people_of,
        # Whoever moves to another installation proves there anew who they are, and is nothing special there.
        emptied={"password_hash": None, "password_changed_at": None, "is_operator": False, "is_curator": False},
        same_by=("email",),
    ),
)
carry(
    "account_memberships",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.municipality_id == tenant_id,
        same_by=("account_id", "municipality_id"),
        belongs=True,
    ),
)
carry_also("accounts", _choosers)
carry(
    "municipalities",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.id == tenant_id,
        # A name in the domain system is pointed at a new place by whoever owns it, and then entered there.
        entering={"domain": None},
    ),
)
carry("account_sessions", Carrying(whole=False, reason=_PERSONAL))
carry("account_tokens", Carrying(whole=False, reason=_PERSONAL))
carry("retired_slugs", Carrying(reason="Which addresses may never be given again is a matter of one installation."))
carry("municipality_claims", Carrying(reason="The evidence of a claim is between the claimant and the operators."))
_PLANS = "Who pays for which municipality, and what an operator gave it, is a matter of one installation."
for _table in ("programmes", "programme_members", "plan_exceptions"):
    carry(_table, Carrying(reason=_PLANS))
carry(
    "requested_archives",
    Carrying(whole=False, reason="Archives of archives: their files are beside the others and live for a week."),
)


@check_arrivals
def _slug_is_free(session: Session, arrival: Arrival) -> None:
    municipality = session.get_one(Municipality, arrival.tenant_id)
    if not arrival.replaced:
        wrong = slug_error(session, municipality.slug, municipality_id=municipality.id)
        if wrong is not None:
            raise ArchiveRefused(wrong)
