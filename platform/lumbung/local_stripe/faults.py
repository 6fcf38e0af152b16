"""What goes wrong on purpose: errors, lost answers, slowness."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, LOST, SLOW = "error", "lost", "slow"


@dataclass
class Fault:
    """One kind of trouble for the next `times` requests whose method and address fit.

    `error`: answer 500 and do nothing. `lost`: do the work, then cut the connection. `slow`: wait `seconds` first.
    """

    kind: str
    times: int = 1
    method: str | None = None
    path: str = "/v1/"
    seconds: float = 0.0


class Faults:
    """The troubles that are still to come."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Trouble ahead. Raises `ValueError` for a kind that there is not."""
        if fault.kind not in (ERROR, LOST, SLOW):
            raise ValueError(fault.kind)
        self._waiting.append(fault)

    def clear(self) -> None:
        """No trouble any more."""
        self._waiting.clear()

    def next(self, method: str, path: str) -> list[Fault]:
        """The troubles of this request, at most one of each kind; each is used up by one."""
        found: dict[str, Fault] = {}
        for fault in self._waiting:
            if fault.kind not in found and fault.method in (None, method) and path.startswith(fault.path):
                found[fault.kind] = fault
                fault.times -= 1
        self._waiting = [fault for fault in self._waiting if fault.times > 0]
        return list(found.values())
