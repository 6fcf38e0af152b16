"""Setting documents in a process of their own, with limits that the system keeps: what a template does to it, it does
not do to the web."""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_MEMORY = 1024**3
"""Bytes of address space; a letter of one page uses a quarter."""
MOST_SECONDS = 10
"""So much of the processor all jobs of one process may take; a letter takes a hundredth of a second."""
MOST_PDF = 4 * 1024 * 1024
"""The most bytes of one PDF."""
_WALL_SECONDS = 30.0
_MODULE = "app_catalog.definitions.documents.child"


@dataclass(frozen=True, slots=True)
class Job:
    """A template and what it sees; ``timestamp`` (seconds since 1970) is the day that it takes for today."""

    source: str
    content: Mapping[str, Any]
    timestamp: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a document could not be set; ``line`` is 0 when it is no line's fault."""

    detail: str
    line: int = 0
    column: int = 0


TOO_MUCH = Fault("the document takes more time or memory than it may")


def set_documents(jobs: Sequence[Job]) -> list[bytes | Fault]:
    """The PDF of each job, or its fault. The same job gives the same bytes.

    A job that takes more than it may ends the process: it and those after it have the fault ``TOO_MUCH``.
    """
    if not jobs:
        return []
    sent = "\n".join(
        json.dumps({"source": job.source, "content": job.content, "timestamp": job.timestamp}, sort_keys=True)
        for job in jobs
    )
    # Nothing that the web knows is of any use to it, and the folder that it believes to be the project is empty.
    path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    with tempfile.TemporaryDirectory() as nothing:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module.
                [sys.executable, "-m", _MODULE, str(MOST_MEMORY), str(MOST_SECONDS), str(MOST_PDF)],
                input=sent.encode(),
                capture_output=True,
                timeout=_WALL_SECONDS,
                check=False,
                cwd=nothing,
                env={"PYTHONPATH": path, "PATH": os.environ.get("PATH", "")},
            )
            told = done.stdout
        except subprocess.TimeoutExpired as over:
            told = over.stdout or b""
    answers = [_heard(line) for line in told.splitlines(keepends=True) if line.endswith(b"\n")]
    return [*answers, *[TOO_MUCH] * (len(jobs) - len(answers))]


def _heard(line: bytes) -> bytes | Fault:
    said = json.loads(line)
    return base64.b64decode(said["pdf"]) if "pdf" in said else Fault(*said["fault"])
