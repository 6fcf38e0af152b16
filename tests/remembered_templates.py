"""Compiling each template once per run of the suite: every worker of it and every process it starts needs them."""

from __future__ import annotations

from pathlib import Path

from jinja2 import FileSystemBytecodeCache

from lumbung.web.sites import LumbungFlask


def remember_templates(folder: Path) -> None:
    """Let every application that is made from now on in this process keep in `folder` what it compiles."""
    folder.mkdir(exist_ok=True)
    kept = FileSystemBytecodeCache(str(folder))
    LumbungFlask.jinja_options = {**LumbungFlask.jinja_options, "bytecode_cache": kept}
