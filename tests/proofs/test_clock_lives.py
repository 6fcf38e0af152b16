"""Every rung fires exactly once and at its time, whatever the record lives through and whenever the sweep looks."""

from __future__ import annotations

import random

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.proofs.clock_lives import live_in_the_product, live_on_paper, make_life, open_stage
from tests.proofs.plain_clocks import OFFSETS, Tie
from tests.world import World

LIVES = 6


@pytest.mark.parametrize("zone", OFFSETS)
def test_what_fires_is_what_plain_counting_says(session: scoped_session[Session], world: World, zone: str) -> None:
    stage = open_stage(session, world, zone)
    dice = random.Random(f"{zone} 2026")
    compared = fired = 0
    while compared < LIVES:
        life = make_life(dice)
        try:
            expected = live_on_paper(zone, life, respond_seconds=48 * 3600, fix_days=3)
        except Tie:
            continue
        found = live_in_the_product(stage, life)
        assert sorted(found) == sorted(expected), life
        assert [at for _, at in found] == sorted(at for _, at in found)
        compared, fired = compared + 1, fired + len(found)
    assert fired > 2 * LIVES
