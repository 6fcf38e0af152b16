"""The versions of the standard, and since when each key and word is there."""

from __future__ import annotations

NEWEST = 7
"""The newest minor version that is read, and the one that is written: 0.7."""
OLDEST = 2

_SAID = {
    "0": NEWEST,
    "0.2": 2,
    "0.2.0": 2,
    "0.2.1": 2,
    "0.2.2": 2,
    **{f"0.{minor}{patch}": minor for minor in range(3, NEWEST + 1) for patch in ("", ".0")},
}
SUPPORTED = tuple(sorted(_SAID))


def minor_of(said: str) -> int | None:
    """The minor version that a `publiccodeYmlVersion` names; None for one that is not read. `0` is the newest of 0."""
    return _SAID.get(said)


def shown(minor: int) -> str:
    """A minor version as the standard writes it."""
    return f"0.{minor}"
