"""Tells the log of rules that fail, once a minute for each rule however often it fails."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

import structlog

log = structlog.get_logger("app_runtime.rules")
MINUTE = 60.0
# A package has a few hundred rules; beyond this many the oldest counts are let go.
_MOST_RULES = 5_000


@dataclass
class _Teller:
    """When each rule was told last, and how often it has failed unheard since."""

    told: dict[tuple[str, str, str], tuple[float, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def hears(self, key: tuple[str, str, str]) -> int | None:
        """How often the rule failed since it was told last; None while it is not to be told again."""
        moment = time.monotonic()
        with self.lock:
            last, unheard = self.told.get(key, (moment - MINUTE, 0))
            if moment - last < MINUTE:
                self.told[key] = (last, unheard + 1)
                return None
            if len(self.told) >= _MOST_RULES:
                self.told.clear()
            self.told[key] = (moment, 0)
            return unheard


_teller = _Teller()


def tell_rule_error(municipality: str, app: str, rule: str, error: str) -> None:
    """Log that a rule of an app failed in a municipality. `unheard` counts what was not logged since the last line."""
    unheard = _teller.hears((municipality, app, rule))
    if unheard is not None:
        log.warning("rule-error", app=app, rule=rule, error=error[:500], unheard=unheard)
