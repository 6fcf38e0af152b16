"""Hints where an app is used little: found by the runtime, shown wherever a municipality looks at its own app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from flask import Flask, current_app

from app_catalog.installations.models import Installation
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text

_EXTENSION: Final = "lumbung_low_use_source"


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that shows little use, and what to do about it. `id` is stable (`no-new-records`, `agency-silent`,
    `officials-idle`, `deadlines-missed`, `nothing-handled`); `agency` is the key of the agency that it is about, empty
    for the whole municipality; `href` leads to where something can be done, on the municipality's portal."""

    id: str
    title: Text
    what: Text
    href: str
    agency: str = ""


class LowUseSource(Protocol):
    """Finds the hints of an installation of the session's municipality."""

    def low_use(self, session: AnySession, installation: Installation) -> list[Hint]: ...


def install_low_use_source(app: Flask, source: LowUseSource) -> None:
    """From now on hints are found by `source`."""
    app.extensions[_EXTENSION] = source


def low_use(session: AnySession, installation: Installation) -> list[Hint]:
    """The hints of an installation of the session's municipality, the weightiest first; none while it is disabled, or
    when nobody can find any. For the municipality's own people alone: they tell of single agencies."""
    source: LowUseSource | None = current_app.extensions.get(_EXTENSION)
    if source is None or installation.status != "enabled":
        return []
    return source.low_use(session, installation)
