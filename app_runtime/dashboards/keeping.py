"""Dashboards kept for a minute: what many people look at, or one person again and again, is reckoned once.

A chart is a statement over all records of a type, and a dashboard for everybody is open to whoever asks. Each is kept
by its reader: nobody gets what was reckoned for somebody who may see something else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from threading import Lock

from app_runtime.dashboards.showing import Dashboard, browse_dashboard
from app_runtime.pages.filters import Query
from app_runtime.pages.opening import OpenPage
from lumbung.db import now
from lumbung.i18n import current_language

KEPT_FOR = timedelta(seconds=60)
_MOST = 200
_kept: OrderedDict[Hashable, tuple[datetime, Dashboard]] = OrderedDict()
_lock = Lock()


def recent_dashboard(opened: OpenPage, query: Query) -> Dashboard:
    """The dashboard as of now, or as of at most a minute ago; it says when."""
    key = _key(opened)
    moment = now()
    with _lock:
        found = _kept.get(key)
    if found is not None and timedelta() <= moment - found[0] < KEPT_FOR:
        return found[1]
    made = browse_dashboard(opened, query)
    with _lock:
        _kept[key] = (moment, made)
        _kept.move_to_end(key)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made


def _key(opened: OpenPage) -> Hashable:
    installation = opened.app.installation
    return (
        installation.tenant_id,
        installation.id,
        installation.definition_digest,
        opened.page.id,
        opened.reader,
        current_language(),
    )
