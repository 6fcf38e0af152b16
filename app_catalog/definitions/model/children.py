"""Children of records: parallel work that an action opens and that tells its parent when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_catalog.definitions.model.values import Expression


@dataclass(frozen=True, slots=True)
class Children:
    """Records of type ``record`` that belong to one record. They are done when ``all`` of them are closed, or ``any``;
    never while there is none.
    """

    id: str
    record: str
    done_when: Literal["all", "any"] = "all"


@dataclass(frozen=True, slots=True)
class FanOut:
    """Open one child of type ``record`` for each value of the ask or field ``per``, or for each row of the table
    setting ``table``; its fields are ``values``, which know the parent, ``asks`` and ``each``.
    """

    record: str
    per: str = ""
    table: str = ""
    values: Mapping[str, Expression] = field(default_factory=dict)
