"""What makes a document of a record."""

from dataclasses import dataclass

from app_catalog.definitions.model.values import Expression


@dataclass(frozen=True, slots=True)
class MakeDocument:
    """Set document ``document`` as PDF and keep it in the files field ``field``.

    It can be verified by its code, and is good as long as ``valid_while`` holds over the record (without it: always).
    """

    document: str
    field: str
    valid_while: Expression | None = None
