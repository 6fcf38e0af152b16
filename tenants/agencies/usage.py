"""Which apps name an agency in their settings: asked before an agency is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lumbung.db.tenancy import AnySession

AgencyUsage = Callable[[AnySession, str], Sequence[str]]
"""Gives the names of the session's municipality's enabled apps whose settings name the agency with this key."""

_usages: list[AgencyUsage] = []


def register_agency_usage(usage: AgencyUsage) -> None:
    """Ask `usage` too from now on; the same function twice is asked once."""
    if usage not in _usages:
        _usages.append(usage)


def apps_naming(session: AnySession, key: str) -> list[str]:
    """Names of the enabled apps whose settings name this agency, in order and each once."""
    return sorted({name for usage in _usages for name in usage(session, key)})
