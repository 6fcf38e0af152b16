"""What other features have to say on the first page of `/manage`, and on an operator's page of a municipality."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

Notice = Callable[[AnySession, Municipality], Markup]
"""Rendered markup for the session's municipality, empty when there is nothing to say."""

_notices: list[Notice] = []
_operator_sections: list[Notice] = []


def register_overview_notice(notice: Notice) -> None:
    """Show `notice` on the first page of `/manage`; the same function twice is asked once."""
    if notice not in _notices:
        _notices.append(notice)


def overview_notices(session: AnySession, municipality: Municipality) -> list[Markup]:
    """Everything that there is to say now."""
    return [markup for notice in _notices if (markup := notice(session, municipality))]


def register_operator_section(section: Notice) -> None:
    """Show `section` on the page that operators have of a municipality; the same function twice is asked once."""
    if section not in _operator_sections:
        _operator_sections.append(section)


def operator_sections(session: AnySession, municipality: Municipality) -> list[Markup]:
    """Everything that others show there."""
    return [markup for section in _operator_sections if (markup := section(session, municipality))]
