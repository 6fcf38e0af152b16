"""Definitions as keys of caches: what is worked out of one is worked out once per digest and process."""

from __future__ import annotations

from app_catalog.definitions.model.definition import Definition


class Known:
    """A definition that is known by its digest."""

    __slots__ = ("definition",)

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return hash(self.definition.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and other.definition.digest == self.definition.digest
