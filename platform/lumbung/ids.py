"""Identifiers of rows: made by the application, ordered by time."""

from uuid import UUID

from uuid_utils import uuid7


def new_id() -> UUID:
    """A fresh UUID version 7 (RFC 9562, section 5.7) as the standard library's `UUID`.

    Ids made one after another in one process sort in the order in which they were made.
    """
    # The driver and the models know the standard library's type only; the library's own class stays in here.
    return UUID(int=uuid7().int)


def new_text_id() -> str:
    """The same as a text, for what is written and never stored as an id: half the price."""
    return str(uuid7())
