"""Fixtures of the proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.proofs.standing import Stand, standing


@pytest.fixture(scope="session")
def stand(only_here: Callable[[str], None]) -> Iterator[Stand]:
    """Everything that runs in production, as processes of their own; one for all proofs of a run."""
    only_here("stand")
    with standing() as built:
        yield built
