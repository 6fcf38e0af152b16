"""Roles as they are written, read and shown: `tenant_admin`, or an app's own as `siaran:dispatcher`."""

from __future__ import annotations

import re

from lumbung.errors import Invalid
from lumbung.i18n import Text
from tenants.people.models import BUILT_IN_ROLES

OFFICIAL, ADMIN_ROLE, EVALUATOR_ROLE = BUILT_IN_ROLES
_APP_ROLE = re.compile(r"^(?P<app>[a-z][a-z0-9-]{0,62}):(?P<role>[a-z][a-z0-9_-]{0,62})$")
_LABELS = {
    "official": Text("Petugas", "Official"),
    "tenant_admin": Text("Admin daerah", "Municipality administrator"),
    "evaluator": Text("Penilai aplikasi", "Evaluator"),
    "agency_head": Text("Kepala perangkat daerah", "Head of agency"),
}


def split_role(role: str) -> tuple[str, str]:
    """(app id, role); the app id is empty for a built-in role. Raises Invalid for anything else."""
    if role in BUILT_IN_ROLES:
        return "", role
    found = _APP_ROLE.match(role)
    if found is None:
        raise Invalid(fields={"roles": [str(Text("Peran ini tidak dikenal.", "This role is not known."))]})
    return found["app"], found["role"]


def role_label(role: str) -> str:
    """A role in the reader's language; an app's role by its own name and the app's."""
    if role in _LABELS:
        return str(_LABELS[role])
    app_id, _, name = role.partition(":")
    return f"{name} ({app_id})" if name else role
