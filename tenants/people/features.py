"""Registers people and invitations with the application."""

from __future__ import annotations

from lumbung.web.sites import LumbungFlask
from tenants.people.invitation_views import invitations


def install_people(app: LumbungFlask) -> None:
    """Register the page of an invitation."""
    app.register_blueprint(invitations)
