"""Which services run where, beside the reports that every city has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app_runtime.demonstration.services.jobs import jobs
from app_runtime.demonstration.services.letters import letters
from app_runtime.demonstration.services.permits import permits
from app_runtime.demonstration.services.script import Service
from app_runtime.demonstration.services.sites import sites
from app_runtime.demonstration.services.wifi import wifi

SERVICES: Mapping[str, Sequence[Callable[[datetime], Service]]] = {
    "tangsel": (wifi, letters, permits),
    "tangerang": (sites, jobs),
}
"""By the slug of the city, in the order in which it enables them; each gives the service as of the end of the month."""
