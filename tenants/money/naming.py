"""People by name, where money has to do with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from lumbung.db.tenancy import AnySession
from tenants.accounts.models import Account


def account_names(session: AnySession, ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """The names of accounts by their ids; those that are not there are left out."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows}
