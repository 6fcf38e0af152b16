"""Schedules of money at length: ten thousand by default, told late, twice, shuffled or never, with crashes."""

from __future__ import annotations

from collections.abc import Callable

from tests.money_stage import MoneyStage
from tests.proofs.test_money_schedules import play_schedules
from tests.soak.conftest import amount


def test_books_end_the_same_for_long(
    money: MoneyStage, empty_database: Callable[[], None], proved: Callable[[str], None]
) -> None:
    first, count = amount("FIRST_SCHEDULE", 1000), amount("SCHEDULES", 10_000)
    crashes = play_schedules(money, range(first, first + count), empty_database)
    proved(f"{count} schedules with {crashes} crashes: books, receipts, refunds and agreements as the oracle says.")
