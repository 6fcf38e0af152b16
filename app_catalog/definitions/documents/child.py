"""The process that sets documents: jobs from its standard input, PDFs to its standard output, under limits.

python -m app_catalog.definitions.documents.child MOST_BYTES MOST_SECONDS MOST_PDF < jobs.json

Each job is a JSON line ``{"source", "content", "timestamp"}``, each answer one ``{"pdf"}`` (Base64) or ``{"fault"}``.
"""

import base64
import contextlib
import json
import os
import re
import resource
import sys
from pathlib import Path
from typing import Any

import typst

from app_catalog.definitions.documents.inputs import PRELUDE

_PLACE = re.compile(r"\.typ:(\d+):(\d+)")


def limit_itself(*, memory: int, seconds: int) -> None:
    """Take no more memory and time than that, and open nothing any more: no file, no connection, whatever a template
    asks for. It goes first when the machine is short of memory."""
    os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Set every job, and tell of each what became of it."""
    memory, seconds, most = (int(text) for text in sys.argv[1:])
    lines = sys.stdin.buffer.read().splitlines()
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
    limit_itself(memory=memory, seconds=seconds)
    for line in lines:
        sys.stdout.write(json.dumps(_answer(compiler, json.loads(line), most)) + "\n")
        sys.stdout.flush()


def _answer(compiler: typst.Compiler, job: dict[str, Any], most: int) -> dict[str, Any]:
    try:
        made = compiler.compile(
            input=(PRELUDE + job["source"]).encode(),
            format="pdf",
            sys_inputs={"content": json.dumps(job["content"])},
            timestamp=job["timestamp"],
        )
    except typst.TypstError as error:
        told = str(error.diagnostic)
        place = _PLACE.search(told)
        line, column = (int(place[1]) - PRELUDE.count("\n"), int(place[2])) if place else (0, 0)
        # Where it looked is nobody's business.
        message = str(error.message).split(" (searched at")[0]
        return {"fault": [message, max(line, 0), column if line > 0 else 0]}
    if not isinstance(made, bytes) or len(made) > most:
        return {"fault": ["the PDF is too large", 0, 0]}
    return {"pdf": base64.b64encode(made).decode("ascii")}


if __name__ == "__main__":
    main()
