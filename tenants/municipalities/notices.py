"""What other features have to say on the first page of `/manage`."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

Notice = Callable[[AnySession, Municipality], Markup]
"""Rendered markup for the session's municipality, empty when there is nothing to say."""

_notices: list[Notice] = []


def register_overview_notice(notice: Notice) -> None:
    """Show `notice` on the first page of `/manage`; the same function twice is asked once."""
    if notice not in _notices:
        _notices.append(notice)


def overview_notices(session: AnySession, municipality: Municipality) -> list[Markup]:
    """Everything that there is to say now."""
    return [markup for notice in _notices if (markup := notice(session, municipality))]
