"""What an app is called in one municipality."""

from __future__ import annotations

from app_catalog.definitions.model import Definition
from app_catalog.installations.models import Installation
from lumbung.i18n import pick


def shown_name(installation: Installation, definition: Definition) -> str:
    """The name that this municipality gives the app, else the package's."""
    return pick(installation.own_name or definition.name)
