"""The process that reads one workbook: from its standard input, under limits, to its standard output.

python -m app_runtime.imports.reading.child MOST_BYTES MOST_SECONDS < workbook.xlsx
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from app_runtime.imports.errors import UnreadableFile
from app_runtime.imports.reading.xlsx_lines import read_xlsx


def limit_itself(*, memory: int, seconds: int) -> None:
    """Take no more bytes of address space and seconds of the processor than that, write no file, and go first when the
    machine is short of memory."""
    os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Read, and tell what there is line by line."""
    memory, seconds = sys.argv[1:]
    limit_itself(memory=int(memory), seconds=int(seconds))
    try:
        table = read_xlsx(sys.stdin.buffer.read())
        _tell({"columns": list(table.columns)})
        for line in table.lines:
            _tell({"line": [line.number, line.values, line.fault]})
        _tell({"end": True})
    except UnreadableFile as error:
        _tell({"refused": [error.message.id, error.message.en]})
    sys.stdout.flush()


def _tell(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
