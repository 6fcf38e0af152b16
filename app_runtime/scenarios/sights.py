"""Who sees what of a record: asked of the permissions and of the very presenter that pages are made with."""

from __future__ import annotations

from collections.abc import Iterator

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, SightCheck
from app_catalog.releases.scenarios import Failure
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import may_read, visible_fields
from app_runtime.records.presenting import present_record
from app_runtime.scenarios.stage import Stage, unknown
from lumbung.db import set_clock
from lumbung.i18n import Text


def check_sight(stage: Stage, check: SightCheck) -> Iterator[Text]:
    """Why a role does not see what it should, or sees what it should not."""
    record = stage.record(check.on)
    kind = stage.record_type(record.record_type)
    for name in check.fields:
        if name not in kind.fields and name not in BUILTIN_ATTRIBUTES:
            raise unknown("isian", "field", name, (*kind.fields, *BUILTIN_ATTRIBUTES))
    actor = stage.actor(check.role, record=record)
    seen = may_read(kind, actor, record)
    if not check.fields:
        if seen == check.hidden:
            yield _sight(check, check.on, seen)
        return
    shown = _shown_fields(stage, actor, record) if seen else frozenset[str]()
    for name in check.fields:
        if (name in shown) == check.hidden:
            yield _sight(check, f"{check.on}.{name}", name in shown)


def _shown_fields(stage: Stage, actor: Actor, record: Record) -> frozenset[str]:
    """What the reader may see, and whatever the presenter shows beyond that, should it ever."""
    with set_clock(stage.moment):
        presented = present_record(stage.app, record, actor)
    return visible_fields(stage.definition, record.record_type, actor, record) | frozenset(presented.values)


def _sight(check: SightCheck, what: str, seen: bool) -> Text:
    wanted = ("tidak melihat", "does not see") if check.hidden else ("melihat", "sees")
    found = ("terlihat", "it is seen") if seen else ("tidak terlihat", "it is not seen")
    return Failure.instead(
        Text(f"{check.role} {wanted[0]} {what}", f"that {check.role} {wanted[1]} {what}"), Text(*found)
    )
