"""Fixtures of the proofs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proofs.standing import Stand, standing


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    """Everything that runs in production, as processes of their own; shared by the tests of a module."""
    with standing() as built:
        yield built
