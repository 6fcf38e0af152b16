"""What has to happen outside because of a change: noted in the same transaction, done by a worker (ADR
0008).
"""

from lumbung.outbox.handlers import GiveUp, Payload, effect_handler, periodic, register_wakeup_handler
from lumbung.outbox.models import Effect, EffectStatus, PeriodicRun, PlatformEffect, Wakeup
from lumbung.outbox.queue import OutsideTransaction, queue_schema_sql
from lumbung.outbox.services import enqueue_effect, list_failed_effects, retry_effect, schedule_wakeup, wakeup_of
from lumbung.outbox.sweep import drain, run_periodics

__all__ = [
    "Effect",
    "EffectStatus",
    "GiveUp",
    "OutsideTransaction",
    "Payload",
    "PeriodicRun",
    "PlatformEffect",
    "Wakeup",
    "drain",
    "effect_handler",
    "enqueue_effect",
    "list_failed_effects",
    "periodic",
    "queue_schema_sql",
    "register_wakeup_handler",
    "retry_effect",
    "run_periodics",
    "schedule_wakeup",
    "wakeup_of",
]
