"""Workbooks are read in a process of their own, with limits that the system keeps: what a file does to it, it does not
do to the web.

The child writes one JSON text a line: the columns, then the lines, then an end; or why the file is of no use.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any

import structlog

from app_runtime.imports.errors import UnreadableFile, unreadable
from app_runtime.imports.reading.tables import Line, Table
from lumbung.errors import Unavailable

MOST_MEMORY = 2 * 1024**3
"""Bytes of address space, of which a workbook at the limits of `xlsx_lines` really uses 1.2 GB."""
MOST_SECONDS = 60.0
"""So long a workbook may take in all, and so much of the processor; one at the limits takes a third of it."""
MOST_AT_ONCE = 1
"""So many are read at once by one process of the web: each may take a gigabyte."""
_WAIT_SECONDS = 20.0
_MODULE = "app_runtime.imports.reading.child"
_turns = BoundedSemaphore(MOST_AT_ONCE)
log = structlog.get_logger("app_runtime.imports")


def read_in_child(data: bytes) -> Table:
    """The table of a workbook. Its lines come as they are read; whoever stops before the last ends the child.

    Raises UnreadableFile when the workbook is of no use, or takes more time or memory than it may (its lines, as they
    are read, raise the same), and Unavailable when others were read for too long.
    """
    lines = _conversation(data)
    columns = next(lines)
    return Table(columns, (Line(number, values, fault) for number, values, fault in lines))


def _conversation(data: bytes) -> Iterator[Any]:
    if not _turns.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable
    try:
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            yield from _hear(file)
    finally:
        _turns.release()


def _hear(file: IO[bytes]) -> Iterator[Any]:
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module.
        [sys.executable, "-m", _MODULE, str(MOST_MEMORY), str(max(1, int(MOST_SECONDS)))],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing that the web knows is of any use to it.
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", "")},
        cwd=Path.cwd(),
    )
    watch = Timer(MOST_SECONDS, child.kill)
    watch.daemon = True
    watch.start()
    begun = time.monotonic()
    assert child.stdout is not None
    try:
        for written in child.stdout:
            said = json.loads(written)
            if "end" in said:
                return
            if "refused" in said:
                raise unreadable(*said["refused"])
            yield said["columns"] if "columns" in said else said["line"]
        child.wait()
        log.warning("workbook-given-up", code=child.returncode, seconds=round(time.monotonic() - begun, 1))
        raise too_much()
    except ValueError:
        # The last line was cut off with the child.
        raise too_much() from None
    finally:
        watch.cancel()
        child.kill()
        child.stdout.close()
        child.wait()


def too_much() -> UnreadableFile:
    """The workbook takes more time or memory than one may."""
    return unreadable(
        "Buku kerja ini terlalu besar atau terlalu rumit untuk dibaca. Simpan sebagai CSV.",
        "This workbook is too large or too intricate to be read. Save it as CSV.",
    )
