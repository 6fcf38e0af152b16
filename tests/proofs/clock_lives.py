"""Reports that live through asking, answering, repair and reopening, with a sweep that comes when it likes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete

from app_runtime.clocks.firing import fire_due_clocks
from lumbung.db import set_clock, use_tenant
from tenants.calendars.models import CalendarDay, OfficeHours
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.proofs.plain_clocks import DAYS_OFF, WEEK, Doing, PlainLife
from tests.siaran import AGENCIES
from tests.world import World

FIRST = datetime(2026, 3, 12, tzinfo=UTC)
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "respond": ("handler", {"answer": "Kami periksa."}),
    "ask": ("handler", {"question": "Di sisi mana?"}),
    "fix": ("handler", {"after": ["a"]}),
    "reply": ("", {"reply": "Di sini."}),
    "reopen": ("", {}),
}


@dataclass(frozen=True)
class Life:
    """When a report comes, what is done with it, when the sweep looks, and when the story ends."""

    start: datetime
    doings: tuple[Doing, ...]
    sweeps: tuple[datetime, ...]
    end: datetime


def make_life(dice: random.Random) -> Life:
    """A life that the workflow allows; actions fall on half minutes, so that they seldom meet a deadline."""
    start = FIRST + timedelta(minutes=dice.randrange(75 * 1440))
    at, state, doings = start, "open", list[Doing]()
    for _ in range(dice.randrange(6)):
        at += timedelta(minutes=dice.choice([20, 400, 3000, 9000]) + dice.randrange(600))
        at = at.replace(second=30)
        action = {"open": dice.choice(["respond", "ask", "ask", "fix"]), "waiting": "reply", "fixed": "reopen"}[state]
        if action == "reopen" and at - doings[-1].at > timedelta(days=6):
            break
        state = {"respond": "open", "ask": "waiting", "fix": "fixed", "reply": "open", "reopen": "open"}[action]
        doings.append(Doing(at, action))
    end = at + timedelta(days=dice.choice([1, 5, 20]))
    # Now and then it sleeps for days, now and then it looks twice in a minute.
    gaps = [dice.choice([0.3, 7, 60, 900, 6000]) * dice.random() for _ in range(12)]
    sweeps, moment = list[datetime](), start
    for gap in gaps:
        moment += timedelta(minutes=gap)
        sweeps.append(moment)
    return Life(start, tuple(doings), tuple(one for one in sweeps if one < end), end)


def open_stage(session: Sessions, world: World, zone: str, *, respond: str = "PT48H", fix: str = "P3WD") -> Stage:
    """Tangsel moved to this zone, with the week and the days off of the plain reckoning."""
    world.tangsel.municipality.timezone = zone
    categories = {**AGENCIES, "street-light": {"agency": "dishub", "fix_within": fix}}
    stage = set_stage(session, world, respond_within=respond, categories=categories)
    session.execute(delete(OfficeHours).where(OfficeHours.tenant_id == stage.place.id))
    tenant_id = stage.place.id
    session.add_all(
        OfficeHours(tenant_id=tenant_id, weekday=weekday, opens=time(opens), closes=time(closes))
        for weekday, hours in WEEK.items()
        for opens, closes in hours
    )
    session.add_all(
        CalendarDay(tenant_id=tenant_id, day=day, name="Libur", kind=kind)
        for kind, days in DAYS_OFF.items()
        for day in days
    )
    session.commit()
    use_tenant(session, tenant_id)
    return stage


def live_in_the_product(stage: Stage, life: Life) -> list[tuple[str, datetime]]:
    """What the history says fell due, with the instants that it was written for."""
    with set_clock(life.start):
        created = stage.report()
    record, reporter = created.record, stage.citizen(created.tracking_code)
    # At the same instant somebody acts before the sweep looks.
    turns = sorted([(one.at, one.action) for one in life.doings] + [(at, "~sweep") for at in (*life.sweeps, life.end)])
    for at, action in turns:
        with set_clock(at):
            if action == "~sweep":
                fire_due_clocks(stage.session, stage.place.id)
                continue
            who, answers = ANSWERS[action]
            stage.act(record, who or reporter, action, **answers)
    return [(row.name, row.created_at) for row in stage.history(record) if row.kind in ("clock", "escalation")]


def live_on_paper(zone: str, life: Life, *, respond_seconds: int, fix_days: int) -> list[tuple[str, datetime]]:
    """The same by plain counting. Raises Tie."""
    return PlainLife(zone, respond_seconds, fix_days).live(life.start, life.doings, life.end)
