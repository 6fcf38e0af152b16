"""Trees of files that were read lately: of a package that is changed and checked again, one file is another."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from app_catalog.definitions.nodes import Node

MOST_BYTES = 512 * 1024
"""How much text the remembered trees may come from; a tree takes some twenty times as much."""


@dataclass(slots=True)
class RememberedTrees:
    """Trees by file and content, with the number of events that reading each took; the longest unused is forgotten.

    Only what was read without a problem is kept, and nobody changes a tree once it is read.
    """

    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[tuple[str, bytes], tuple[Node, int]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def find(self, file: str, data: bytes) -> tuple[Node, int] | None:
        """The tree and its events, when this very content of this file is remembered."""
        with self._lock:
            found = self._kept.get((file, data))
            if found is not None:
                self._kept.move_to_end((file, data))
            return found

    def keep(self, file: str, data: bytes, root: Node, events: int) -> None:
        """Remember a tree, and forget others for it."""
        with self._lock:
            if (file, data) in self._kept or len(data) > self.most_bytes:
                return
            self._kept[file, data] = (root, events)
            self._bytes += len(data)
            while self._bytes > self.most_bytes:
                (_, forgotten), _ = self._kept.popitem(last=False)
                self._bytes -= len(forgotten)
