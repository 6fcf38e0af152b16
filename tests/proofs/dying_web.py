"""The application in a process that dies between its commit and its answer, once for each mark that a request names."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lumbung.web.sites import LumbungFlask
from wsgi import create_app as create_lumbung


def create_app() -> LumbungFlask:
    """As `wsgi.create_app`; a request with `X-Dies-With: <path>` kills the process when that file is not there yet."""
    app = create_lumbung()
    answering = app.wsgi_app

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        body = answering(environ, start)
        # The commit is over, and not a byte of the answer has left.
        mark = environ.get("HTTP_X_DIES_WITH")
        if mark and not Path(mark).exists():
            Path(mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return body

    app.wsgi_app = answer  # type: ignore[assignment,method-assign]
    return app
