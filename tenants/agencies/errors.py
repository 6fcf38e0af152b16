"""What can go wrong with agencies."""

from __future__ import annotations

from lumbung.errors import Conflict
from lumbung.i18n import Text


class AgencyInUse(Conflict):
    """The agency cannot be closed as long as something hangs on it; the message says what, and what to do."""

    slug = "agency-in-use"
    title = Text("Perangkat daerah ini masih dipakai", "This agency is still in use")
