"""Reading a publisher's mapping: what takes whose place when records leave a version.

By type of record, as moves of records write it (app_runtime/upgrades): `{"report": {"states": {"assigned": "received"},
"fields": {"cost": "price", "note": null}, "values": {"rt": "005"}}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.model import Definition, RecordType
from lumbung.errors import Invalid
from lumbung.i18n import t

LONGEST = 20_000
_PARTS = ("states", "fields", "values")


def read_mapping(written: str) -> dict[str, Any]:
    """The mapping in a text; nothing in an empty one. Raises Invalid for what is no JSON object."""
    if not written.strip():
        return {}
    try:
        mapping = json.loads(written) if len(written) <= LONGEST else None
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict):
        raise _wrong(t("Tulis objek JSON, atau kosongkan.", "Write a JSON object, or leave it empty."))
    return mapping


def is_short(mapping: Mapping[str, Any]) -> bool:
    """Whether a mapping that came as JSON is no longer than one that is typed into a form."""
    return len(json.dumps(mapping, ensure_ascii=False)) <= LONGEST


def check_mapping(before: Definition, after: Definition, mapping: Mapping[str, Any]) -> None:
    """Raise Invalid, with every mistake, unless the mapping names what the two versions have."""
    problems = [problem for kind, parts in mapping.items() for problem in _problems(before, after, str(kind), parts)]
    if problems:
        raise _wrong(*problems[:10])


def _problems(before: Definition, after: Definition, kind: str, parts: object) -> Iterator[str]:
    old, new = before.records.get(kind), after.records.get(kind)
    if old is None or new is None:
        yield t("Jenis berkas “{name}” tidak ada di kedua versi.", "“{name}” is no record type of both.", name=kind)
        return
    if not isinstance(parts, dict) or not set(parts) <= set(_PARTS):
        yield t("“{name}” memuat states, fields, dan values saja.", "“{name}” holds states, fields, values.", name=kind)
        return
    for part in _PARTS:
        pairs = parts.get(part, {})
        if not isinstance(pairs, dict):
            yield t("“{part}” harus objek JSON.", "“{part}” must be a JSON object.", part=part)
            continue
        for name, target in pairs.items():
            if not _known(part, name, target, old, new):
                yield t(
                    "{part}: “{name}” → “{target}” tidak dikenal.",
                    "{part}: “{name}” → “{target}” is not known.",
                    part=part,
                    name=str(name)[:60],
                    target=str(target)[:60],
                )


def _known(part: str, name: object, target: object, old: RecordType, new: RecordType) -> bool:
    if part == "values":
        return name in new.fields and isinstance(target, str | int | float | bool)
    if part == "fields":
        return name in old.fields and (target is None or (isinstance(target, str) and target in new.fields))
    states = new.workflow.states if new.workflow else {}
    return name in (old.workflow.states if old.workflow else {}) and isinstance(target, str) and target in states


def _wrong(*messages: str) -> Invalid:
    return Invalid(fields={"mapping": list(messages)})
