"""What the checklists of a definition come to in one municipality: fields for each item that its settings have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from json import dumps, loads
from typing import Any, Literal

from app_catalog.definitions.model import (
    Access,
    Action,
    Ask,
    Definition,
    Field,
    Options,
    Page,
    Part,
    RecordType,
    Text,
)
from app_catalog.definitions.model.known import Known

VERDICTS: Mapping[str, Text] = {
    "accepted": Text({"id": "Diterima", "en": "Accepted"}),
    "refused": Text({"id": "Perlu diperbaiki", "en": "To be mended"}),
}
_LONGEST_NOTE = 500


def with_items(definition: Definition, settings: Mapping[str, Any]) -> Definition:
    """The definition with the parts of its checklists as fields, in its lists of fields, its asks and its pages.

    A definition without checklists is given back as it is.
    """
    names = sorted(
        {
            spec.checklist.items.setting or ""
            for kind in definition.records.values()
            for spec in kind.fields.values()
            if spec.checklist is not None
        }
    )
    if not names:
        return definition
    tables = {name: settings.get(name) or {} for name in names if name}
    return _expanded(Known(definition), dumps(tables, ensure_ascii=False, default=str))


@lru_cache(maxsize=256)
def _expanded(known: Known, tables: str) -> Definition:
    definition, rows = known.definition, loads(tables)
    records = {name: _record(kind, rows) for name, kind in definition.records.items()}
    pages = {name: _page(page, records.get(page.record or "")) for name, page in definition.pages.items()}
    return replace(definition, records=records, pages=pages)


def _record(kind: RecordType, tables: Mapping[str, Any]) -> RecordType:
    parts = {spec.id: _parts(spec, tables) for spec in kind.fields.values() if spec.checklist is not None}
    if not parts:
        return kind
    fields: dict[str, Field] = {}
    for name, spec in kind.fields.items():
        fields[name] = spec
        fields |= {part.id: part for part in parts.get(name, ())}
    names = {name: tuple(part.id for part in own) for name, own in parts.items()}
    workflow = kind.workflow
    if workflow is not None:
        actions = {name: _action(action, parts) for name, action in workflow.actions.items()}
        workflow = replace(workflow, actions=actions)
    access = {role: _access(rule, names) for role, rule in kind.access.items()}
    return replace(kind, fields=fields, workflow=workflow, access=access)


def _parts(spec: Field, tables: Mapping[str, Any]) -> list[Field]:
    assert spec.checklist is not None
    found = []
    for item, row in _items(spec, tables):
        name = _text(row.get("name"), item)
        common = replace(spec, checklist=None, required="no", help=None)

        def part(kind: Literal["verdict", "note"], label: Text, item: str = item, common: Field = common) -> Field:
            own = Part(spec.id, item, kind, spec.checklist.verdict_by if spec.checklist else ())
            return replace(common, id=f"{spec.id}:{item}:{kind}", label=label, part=own, accept=())

        asked = bool(row.get("required", spec.checklist.items.setting is None and spec.required != "no"))
        found += [
            replace(
                common,
                id=f"{spec.id}:{item}",
                type="files",
                label=name,
                help=_text(row["help"], "") if row.get("help") else None,
                required="on_form" if asked else "no",
                part=Part(spec.id, item, "files", spec.checklist.files_by),
            ),
            replace(
                part("verdict", _joined(name, "putusan", "verdict")),
                type="choice",
                options=Options(fixed=VERDICTS),
                visible_when=None,
            ),
            replace(
                part("note", _joined(name, "catatan pemeriksa", "the checker's remark")),
                type="text",
                max=_LONGEST_NOTE,
                visible_when=None,
            ),
        ]
    return found


def _items(spec: Field, tables: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    assert spec.checklist is not None
    items = spec.checklist.items
    if items.setting is None:
        return [(item, {"name": label}) for item, label in items.fixed.items()]
    return [(item, row) for item, row in tables.get(items.setting, {}).items()]


def _text(written: Any, instead: str) -> Text:
    if isinstance(written, Mapping):
        return Text(written)
    return Text({"id": str(written or instead)})


def _joined(name: Text, indonesian: str, english: str) -> Text:
    return Text({"id": f"{name.text('id')}: {indonesian}", "en": f"{name.text('en')}: {english}"})


def _access(rule: Access, names: Mapping[str, tuple[str, ...]]) -> Access:
    create, read, update = rule.create, rule.read, rule.update
    if create is not None and create.fields is not None:
        create = replace(create, fields=_named(create.fields, names))
    if read is not None and read.fields is not None:
        read = replace(read, fields=_named(read.fields, names))
    if update is not None and update.fields is not None:
        update = replace(update, fields=_named(update.fields, names))
    return replace(rule, create=create, read=read, update=update)


def _named(fields: Iterable[str], names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(part for name in fields for part in (name, *names.get(name, ())))


def _action(action: Action, parts: Mapping[str, list[Field]]) -> Action:
    asks: dict[str, Ask] = {}
    for name, ask in action.asks.items():
        if name not in parts:
            asks[name] = ask
            continue
        for part in parts[name]:
            if part.part is not None and set(action.by) <= set(part.part.by):
                judged = part.part.kind == "verdict" and ask.field.required != "no"
                asks[part.id] = Ask(part.id, replace(part, required="always") if judged else part, part.id)
    return replace(action, asks=asks)


def _page(page: Page, kind: RecordType | None) -> Page:
    if kind is None:
        return page
    parts: dict[str, tuple[str, ...]] = {}
    for spec in kind.fields.values():
        if spec.part is not None:
            parts[spec.part.checklist] = (*parts.get(spec.part.checklist, ()), spec.id)
    if not parts:
        return page
    files = {
        name: tuple(one for one in own if (part := kind.fields[one].part) and part.kind == "files")
        for name, own in parts.items()
    }
    steps = {
        name: replace(step, fields=tuple(one for one in _named(step.fields, files) if one not in files))
        for name, step in page.steps.items()
    }
    return replace(page, steps=steps, fields=_named(page.fields, parts))
