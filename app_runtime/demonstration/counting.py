"""The figures of the demonstration: reckoned over its invented past, and published by most municipalities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app_catalog.figures.publishing import publish_figures
from app_catalog.installations.adoptions import find_adoption, set_publicity
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_runtime.figures.months import reckon_anew
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

SILENT = frozenset({"tangerang", "gowa", "ternate"})
"""Municipalities that have not agreed to publish figures, so that both kinds can be seen."""


def count_demonstration(session: AnySession, *, until: datetime) -> None:
    """Reckon every municipality's figures as of `until` and publish those of the ones that agree."""
    for municipality in session.scalars(select(Municipality).order_by(Municipality.slug)).all():
        agrees = municipality.status == "active" and municipality.slug not in SILENT
        with as_tenant(session, municipality.id), set_clock(until):
            for installation in list_installations(session, with_disabled=True):
                count_installation(session, installation)
                if agrees and installation.status == "enabled":
                    _agree(session, installation)


def count_installation(session: AnySession, installation: Installation) -> None:
    """Reckon all of an installation's months, the past ones too, and bring what is published up to date."""
    reckon_anew(session, installation)
    publish_figures(session, installation)


def _agree(session: AnySession, installation: Installation) -> None:
    definition = definition_by_digest(session, installation.definition_digest)
    announced = find_adoption(session, installation) is not None
    set_publicity(session, installation, definition, announced=announced, numbers=True)
