"""Registers how people want to be told with the application."""

from __future__ import annotations

from lumbung.i18n import Text
from lumbung.messages import declare_manners
from lumbung.web.access import ADMIN, SIGNED_IN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.security import csrf
from lumbung.web.sites import LumbungFlask
from tenants.preferences.reaching import PeoplesManners
from tenants.preferences.views import preferences, quiet_hours, stopping


def install_preferences(app: LumbungFlask) -> None:
    """Register the pages, and answer for people when the host writes to them."""
    # The signed address is the proof: mail programs bring neither cookie nor token (RFC 8058, section 3.2).
    csrf.exempt(stopping)
    for blueprint in (preferences, stopping, quiet_hours):
        app.register_blueprint(blueprint)
    declare_manners(app, PeoplesManners())
    add_navigation(
        Entry(
            place="account",
            href="/notifications",
            text=Text("Pemberitahuan", "Notifications"),
            icon="bell",
            order=88,
            rule=SIGNED_IN,
            of_portal=True,
        ),
        Entry(
            place="manage",
            href="/manage/notifications",
            text=Text("Jam tenang", "Quiet hours"),
            icon="clock-pause",
            order=55,
            rule=ADMIN,
        ),
    )(app)
