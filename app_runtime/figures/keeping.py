"""Keeps the figures up to date: hourly, and at once when a municipality agrees to publish them."""

from __future__ import annotations

from app_catalog.figures.publishing import lock_consent, publish_figures
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_runtime.figures.months import reckon_months
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.outbox import periodic

HOURLY = 3_600


class HistoryFigures:
    """Reckons the figures from the history of records."""

    def reckon(self, session: AnySession, installation: Installation) -> None:
        """Write the installation's monthly figures."""
        reckon_months(session, installation)


def keep_figures(session: AnySession) -> int:
    """Reckon and publish the figures of every app of the session's municipality; how many apps there were."""
    installations = list_installations(session, with_disabled=True)
    for installation in installations:
        lock_consent(session, installation)
        reckon_months(session, installation)
        publish_figures(session, installation)
    return len(installations)


@periodic(HOURLY, name="keep-figures")
def _keep(session: AnySession) -> None:
    if current_tenant(session) is not None:
        keep_figures(session)
