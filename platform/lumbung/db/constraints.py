"""From a violated constraint's name to a domain error."""

from __future__ import annotations

import re

from sqlalchemy.exc import IntegrityError

_SHARD_SUFFIX = re.compile(r"_\d{6,}$")


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint or unique index that refused, without a shard's suffix (citus.md rule 20)."""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    return _SHARD_SUFFIX.sub("", name) if isinstance(name, str) else None
