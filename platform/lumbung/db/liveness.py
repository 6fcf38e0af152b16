"""A connection that has rested is asked whether it still lives before it is used; one that was just used is not."""

from __future__ import annotations

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_TRUSTED_SECONDS = 1.0
_RETURNED = "lumbung_returned"


def install_liveness(engine: Engine) -> None:
    """Test connections of this engine's pool when they are taken out; a dead one is replaced by a new one.

    The test is a round trip. A server that died within the last second is noticed by the statement itself, which
    empties the pool.
    """

    @event.listens_for(engine, "checkin")
    def _returned(driver: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_RETURNED] = monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(driver: Any, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        if monotonic() - entry.info.get(_RETURNED, 0.0) < _TRUSTED_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(driver)
        except Exception as error:
            raise DisconnectionError from error
        if not alive:
            raise DisconnectionError
