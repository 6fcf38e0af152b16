"""What other features show on a region's page, such as the apps that it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality


@dataclass(frozen=True, kw_only=True)
class RegionSection:
    """One part of the page: its title, and a template that is included with `values`."""

    title: Text
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


RegionSectionSource = Callable[[AnySession, Municipality], RegionSection | None]
"""Gives a section for a municipality that takes part, or None. Asked on the hub, so it reads shared tables only."""

_sources: list[RegionSectionSource] = []


def register_region_section(source: RegionSectionSource) -> None:
    """Show the section of `source` too from now on; the same function twice is asked once."""
    if source not in _sources:
        _sources.append(source)


def region_page_sections(session: AnySession, municipality: Municipality) -> list[RegionSection]:
    """All sections for this municipality in order."""
    found = (source(session, municipality) for source in _sources)
    return sorted((section for section in found if section is not None), key=lambda section: section.order)
