"""The file that keeps the double's state over restarts."""

from __future__ import annotations

import os
from pathlib import Path

from lumbung.local_stripe.world import World


class StateFile:
    """Writes a world to a file after changes, whole or not at all."""

    def __init__(self, path: Path, world: World) -> None:
        self._path = path
        self._world = world
        self._written = world.changes

    def read(self) -> None:
        """Take over what the file holds; one that cannot be read is put aside, with its reason on the screen."""
        if not self._path.exists():
            return
        try:
            self._world.load(self._path.read_text("utf-8"))
        except (ValueError, KeyError, TypeError) as error:
            aside = self._path.with_suffix(".unreadable")
            self._path.replace(aside)
            print(f"Stripe tiruan: {aside} tidak terbaca / cannot be read ({error})", flush=True)

    def write(self) -> None:
        """Write the file when something changed since the last time."""
        if self._written == self._world.changes:
            return
        changes = self._world.changes
        unfinished = self._path.with_suffix(".unfinished")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self._world.dump())
        unfinished.replace(self._path)
        self._written = changes
