"""Sixty-four at once, again and again."""

from __future__ import annotations

from collections.abc import Callable

from tests.proofs.accounting import account_for, wait_until_drained
from tests.proofs.load import record_of
from tests.proofs.standing import Sent, standing
from tests.proofs.test_crowds import CROWD, at_once, ready_to_send
from tests.soak.conftest import amount


def test_crowds_get_numbers_without_a_gap(proved: Callable[[str], None]) -> None:
    rounds = amount("CROWDS", 20)
    with standing() as stand:
        for _ in range(rounds):
            numbers = [next(stand.numbers) for _ in range(CROWD)]
            answers = at_once([ready_to_send(stand, number) for number in numbers])
            assert {answer.status for answer in answers} == {303}
            stand.sent += [Sent(number, record_of(answer)) for number, answer in zip(numbers, answers, strict=True)]
        wait_until_drained(stand)
        counts = account_for(stand)
    proved(f"{rounds} crowds of {CROWD} citizens at one instant: {counts['reports']} numbers without a gap.")
