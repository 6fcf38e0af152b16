"""Fixtures of the proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.proofs.standing import Stand, standing
from tests.waiting_python import WaitingPython


@pytest.fixture(scope="session")
def stand(only_here: Callable[[str], None], shared_folder: Path, waiting: WaitingPython) -> Iterator[Stand]:
    """Everything that runs in production, as processes of their own; one for all proofs of a run."""
    only_here("stand")
    with standing(waiting=waiting, scenarios=shared_folder / "scenarios") as built:
        yield built
