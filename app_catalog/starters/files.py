"""The files of a new app, made from a package that stands here whole, so that it is checked like any other."""

from __future__ import annotations

import json
import re
from datetime import date
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable

_WRITTEN = re.compile('"(?:Aplikasi Saya|My App)"|Aplikasi Saya|My App|my-app|2026-01-01')


def starter_files(app_id: str, *, name: str, name_en: str, day: date) -> dict[str, bytes]:
    """A small whole package by path: under this id and these names, first released on `day`.

    Whether id and names are fit is for the checker to say, which reads the files as it reads any package.
    """
    given = {"Aplikasi Saya": name, "My App": name_en, "my-app": app_id, "2026-01-01": day.isoformat()}

    def filled(path: str, text: str) -> bytes:
        def word(found: re.Match[str]) -> str:
            if path == "icon.svg":
                return '"' + escape(given[found[0].strip('"')]) + '"'
            # In YAML the names stand in double quotes, and a JSON string is a YAML string.
            return json.dumps(given[found[0][1:-1]], ensure_ascii=False) if found[0][0] == '"' else given[found[0]]

        return _WRITTEN.sub(word, text).encode()

    return {path: filled(path, text) for path, text in _texts(files("app_catalog.starters") / "templates/starter", "")}


def _texts(folder: Traversable, within: str) -> list[tuple[str, str]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _texts(entry, f"{within}{entry.name}/")
        else:
            found.append((f"{within}{entry.name}", entry.read_text("utf-8")))
    return found
