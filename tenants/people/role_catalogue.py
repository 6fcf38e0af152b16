"""The roles that a member may be given: built-in ones and those of the enabled apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.people.roles import role_label

RoleSource = Callable[[AnySession], Iterable[tuple[str, str, str]]]
"""Gives `(app_id, role, label)` for every role of the session's municipality's enabled apps; the label names the app
too, in the reader's language."""

_sources: list[RoleSource] = []

_BUILT_IN = (
    (
        "tenant_admin",
        Text(
            "Admin daerah: mengatur aplikasi, orang, dan kalender", "Administrator: sets up apps, people and calendar"
        ),
    ),
    (
        "evaluator",
        Text("Penilai: menilai aplikasi atas nama daerah", "Evaluator: judges apps on the municipality's behalf"),
    ),
)


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that may be given: `value` as in `tenants.people.roles`, and what it means."""

    value: str
    label: str


def register_role_source(source: RoleSource) -> None:
    """Offer the roles of `source` too from now on; the same function twice is asked once."""
    if source not in _sources:
        _sources.append(source)


def role_names(session: AnySession, roles: Iterable[str]) -> list[str]:
    """These roles in the reader's language, an app's role as its app (still enabled here) calls it."""
    offered = {f"{app_id}:{role}": label for source in _sources for app_id, role, label in source(session)}
    return [offered.get(role) or role_label(role) for role in roles]


def role_choices(session: AnySession) -> list[RoleChoice]:
    """All roles that an admin may give here. `official` is not among them: everybody at work here is one."""
    built_in = [RoleChoice(role, str(label)) for role, label in _BUILT_IN]
    return built_in + [
        RoleChoice(f"{app_id}:{role}", label) for source in _sources for app_id, role, label in source(session)
    ]
