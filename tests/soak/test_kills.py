"""Five hundred kills, of everything that runs, with the command that production uses."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.proofs.accounting import account_for, wait_until_drained
from tests.proofs.killing import Killing
from tests.proofs.load import Load
from tests.proofs.standing import standing
from tests.soak.conftest import amount


def test_many_kills_lose_nothing_and_double_nothing(proved: Callable[[str], None]) -> None:
    with standing() as stand:
        load = Load(stand, citizens=8, officials=2)
        load.start()
        began = time.monotonic()
        killing = Killing(stand, load, kills=amount("KILLS", 500), every_arbiter=1)
        try:
            killing.run()
        finally:
            load.finish()
        assert load.errors == []
        took = time.monotonic() - began
        stand.wait_until_served()
        wait_until_drained(stand)
        counts = account_for(stand)
    proved(
        f"{killing.done.total()} kills ({dict(killing.done)}) in {took:.0f} s, {load.repeats} requests sent again: "
        f"{counts}; 0 lost, 0 doubled."
    )
