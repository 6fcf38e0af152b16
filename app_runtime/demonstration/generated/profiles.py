"""The fourteen municipalities in the order in which they are loaded."""

from __future__ import annotations

from app_runtime.demonstration.generated.eastern import EASTERN
from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.generated.western import WESTERN

PROFILES: tuple[Profile, ...] = (*WESTERN, *EASTERN)
LARGE_SLUG = "semarang"
"""Who gets the hundred thousand."""
