"""However events come, and wherever the process dies, the books end as an oracle says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lumbung.logs import configure_logs
from tenants.accounts.models import Account
from tests.money_stage import MoneyStage
from tests.proofs.money_schedules import Schedule
from tests.world import World


def play_schedules(money: MoneyStage, numbers: range, empty: Callable[[], None]) -> int:
    """Play these schedules, each on empty books; how often the process died."""
    configure_logs("json", "error")
    crashes = 0
    for number in numbers:
        account = Account(email="warga@lumbung.test", name="Wati Warga")
        money.session.add(account)
        money.session.commit()
        schedule = Schedule(money, account, number)
        schedule.play()
        crashes += schedule.crashes
        money.session.remove()
        empty()
        money.stripe.reset()
    return crashes


def test_books_end_the_same_whatever_the_schedule(money: MoneyStage, empty_database: Callable[[], None]) -> None:
    assert play_schedules(money, range(25), empty_database) > 10


def test_an_oracle_that_expects_more_is_not_met(money: MoneyStage, world: World) -> None:
    """The comparison can fail: a transfer that nobody booked is missed."""
    schedule = Schedule(money, world.stranger, 1)
    made = money.paid(world.stranger)
    schedule.kinds[str(made.stripe_customer_id)] = "plan"
    with pytest.raises(AssertionError):
        schedule._end()
