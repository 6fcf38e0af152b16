"""Which tests one worker of pytest-xdist runs together, and in which order the workers begin.

pytest-xdist groups tests by writing the group's name into their ids, which pytest 9.2 keeps elsewhere, so that
its marker `xdist_group` has no effect. What is grouped here is grouped by file.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

TOGETHER = {
    # What takes minutes begins first: a worker that began it last would go on alone.
    "tests/proofs/test_kills.py": "stand",
    "tests/proofs/test_crowds.py": "stand",
    # What starts processes is here because all of them are forks of one that has to start first.
    "tests/backup/test_killed.py": "stand",
    "tests/lumbung/test_worker.py": "stand",
    "tests/app_runtime/test_import_command.py": "stand",
    "tests/test_waiting_python.py": "stand",
    "tests/app_runtime/loaded_demonstration/test_cities.py": "demonstration",
    "tests/app_runtime/loaded_demonstration/test_hub.py": "demonstration",
    "tests/app_runtime/loaded_demonstration/test_loading.py": "demonstration",
    "tests/app_runtime/loaded_demonstration/test_programme.py": "demonstration",
    "tests/app_runtime/loaded_demonstration/test_services.py": "demonstration",
    "tests/app_runtime/loaded_demonstration/test_voices.py": "demonstration",
    "tests/app_runtime/test_demonstration_generated.py": "demonstration",
    "tests/app_runtime/test_scenario_checks.py": "scenarios",
    "tests/app_runtime/test_scenarios.py": "scenarios",
    "tests/app_catalog/test_catalog_at_size.py": "catalog",
}
"""Tests that share something dear, by file: name of what they share."""
NEXT = ("tests/journeys/",)
"""What begins next: each of these tests takes many seconds, so the workers would not end together otherwise."""


class DearestFirst(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each worker test after test, those of one group to one worker, in the order in which they were put."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        # Otherwise groups begin by how many tests they have, however short those are.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(file_of(nodeid), nodeid)


def file_of(nodeid: str) -> str:
    """The file of a test, from the root of the checkout on."""
    return nodeid.partition("::")[0]


def put_dearest_first(items: list[pytest.Item]) -> None:
    """Sort tests in place: files in the order of `TOGETHER`, then `NEXT`, then the others as they were.

    What a folder shares ends with its last test, so that its files may not be mixed with others of their group.
    """
    dear = list(TOGETHER)

    def place(item: pytest.Item) -> int:
        file = file_of(item.nodeid)
        if file in TOGETHER:
            return dear.index(file)
        return len(dear) + (not file.startswith(NEXT))

    items.sort(key=place)
