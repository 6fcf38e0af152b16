"""What a hostile package is, and a small honest one to be made hostile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app_catalog.definitions.archive import write_members

SIARAN = Path(__file__).resolve().parents[3] / "apps" / "siaran"

APP = """\
format: 1
id: contoh
version: 1.0.0
name: {id: Contoh, en: Example}
category: other
audience: government
roles: {clerk: {name: {id: Petugas, en: Clerk}}}
settings: {greeting: {type: text, default: {id: Halo, en: Hello}, label: {id: Salam, en: Greeting}}}
"""
RECORD = """\
name: {id: Catatan, en: Note}
title: record.subject
fields: {subject: {type: text, max: 200}, count: {type: integer}, moment: {type: datetime}}
access: {public: {create: {}}, clerk: {read: {rows: all}}}
workflow:
  start: open
  states: {open: {label: {id: Buka, en: Open}}, done: {label: {id: Selesai, en: Done}, end: success}}
  actions: {finish: {from: open, to: done, by: [clerk], when: record.count >= 0}}
automations: {tell: {on: finish, send: told, to: clerk}}
"""
PAGE = "kind: list\nfor: clerk\nrecord: note\ncolumns: [number, subject]\n"
MESSAGE = "email: {subject: {id: Halo, en: Hello}, body: {id: '{{ record.subject }}', en: '{{ record.subject }}'}}\n"
SCENARIO = """\
name: One note
when: [{create: {as: public, record: note, id: a, values: {subject: Halo}}}]
then: [{state: {a: open}}]
"""
EXAMPLE = "first: {subject: Halo}\n"


def honest_files() -> dict[str, bytes]:
    """The files of a small package without a fault, by path."""
    texts = {
        "app.yaml": APP,
        "records/note.yaml": RECORD,
        "pages/notes.yaml": PAGE,
        "messages/told.yaml": MESSAGE,
        "scenarios/one.yaml": SCENARIO,
        "examples/note.yaml": EXAMPLE,
        "README.md": "# Contoh\n",
        "CHANGELOG.md": "# 1.0.0\n\n- Yang pertama.\n",
    }
    borrowed = {name: (SIARAN / name).read_bytes() for name in ("publiccode.yml", "icon.svg")}
    return {**{path: text.encode() for path, text in texts.items()}, **borrowed}


@dataclass(frozen=True)
class Case:
    """One package: `build` makes its archive, `expected` is the code of an error that it must get.

    "refused" stands for any error, "accepted" for none (what it holds is then used to its worst), "judged" for either.
    """

    name: str
    build: Callable[[], bytes]
    expected: str = "refused"


def with_files(name: str, files: Mapping[str, bytes | str], expected: str = "refused") -> Case:
    """The honest package with some files put in the place of its own."""

    def build() -> bytes:
        made = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
        return write_members({**honest_files(), **made})

    return Case(name, build, expected)


def replaced(name: str, file: str, old: str, new: str, expected: str = "refused") -> Case:
    """The honest package with one text of one file put in the place of another."""
    text = honest_files()[file].decode()
    assert old in text, f"{file} has no {old}"
    return with_files(name, {file: text.replace(old, new, 1)}, expected)


def mapping(entries: list[str]) -> str:
    """A YAML map on one line."""
    return "{" + ", ".join(entries) + "}"


def record(
    *,
    fields: list[str] | None = None,
    states: list[str] | None = None,
    actions: list[str] | None = None,
    more: str = "",
) -> str:
    """A record type with these entries of its maps beside a few of its own."""
    return f"""\
name: {{id: Catatan, en: Note}}
title: record.subject
fields: {mapping(["subject: {type: text}", "count: {type: integer}", *(fields or [])])}
access: {{public: {{create: {{}}}}, clerk: {{read: {{rows: all}}}}}}
workflow:
  start: open
  states: {mapping(["open: {label: Buka}", *(states or []), "done: {label: Selesai, end: success}"])}
  actions: {mapping(["finish: {from: open, to: done, by: [clerk]}", *(actions or [])])}
{more}"""
