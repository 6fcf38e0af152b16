"""What a filter still has to offer because records of an earlier version are in it."""

from __future__ import annotations

from app_catalog.definitions.model import RecordType
from app_runtime.records.actors import Actor
from app_runtime.records.listing import list_matching
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, t


def list_former_options(app: RunningApp, actor: Actor, kind: RecordType, name: str) -> list[tuple[str, str]]:
    """States, or options of a choice, that only earlier versions have and in which this reader finds records, as
    (id, label); empty where the installed version has them all."""
    former: dict[str, str] = {}
    present = _offered(kind, name)
    for _, earlier in app.kinds(kind.id)[1:]:
        for option, label in _offered(earlier, name).items():
            if option not in present:
                former.setdefault(option, label)
    if not former:
        return []
    column = Record.state if name == "state" else Record.data[name].astext
    query = list_matching(app, kind.id, actor, {name: list(former)}).with_only_columns(column).distinct()
    found = set(app.session.scalars(query).all())
    return [
        (option, t("{label} (versi lama)", "{label} (earlier version)", label=label))
        for option, label in former.items()
        if option in found
    ]


def _offered(kind: RecordType, name: str) -> dict[str, str]:
    if name == "state":
        states = kind.workflow.states.values() if kind.workflow else ()
        return {state.id: pick(state.label) for state in states}
    spec = kind.fields.get(name)
    options = spec.options if spec is not None and spec.type in ("choice", "choices") else None
    if options is None or options.setting is not None:
        return {}
    return {option: pick(label) for option, label in options.fixed.items()}
