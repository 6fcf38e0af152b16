"""What comes back from the pages of an upgrade: settings that need a value, and a move's mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.installations.forms import Answers, read_answers
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.report import UpgradeReport

_WHOLE = re.compile(r"-?[0-9]{1,18}")
LEAVE = "-"
"""What a select sends for a field whose value is left behind."""


def asked_settings(report: UpgradeReport) -> Definition:
    """The new version with those settings alone that an upgrade asks for: new ones, and ones that no longer fit."""
    wanted = {one.id for one in report.settings if one.kind in ("appears", "misfit", "retyped")}
    settings = {name: spec for name, spec in report.after.settings.items() if name in wanted}
    return replace(report.after, settings=settings)


def read_settings(report: UpgradeReport, form: Dict[str, str], *, zone: ZoneInfo) -> tuple[Answers, dict[str, Any]]:
    """The answers, and the municipality's own values with them."""
    asked = asked_settings(report)
    answers = read_answers(asked, form, zone=zone)
    kept = {name: value for name, value in report.own.items() if name not in asked.settings}
    return answers, {**kept, **answers.overrides}


def read_mapping(form: MultiDict[str, str], before: RecordType, after: RecordType) -> Mapping:
    """The mapping as it was chosen; what was not answered is absent, so that it is asked again."""
    states = {name: form.get(f"states.{name}", "") for name in (before.workflow.states if before.workflow else {})}
    fields = {name: form.get(f"fields.{name}", "") for name in before.fields}
    values = {name: form.get(f"values.{name}", "").strip() for name in after.fields}
    return Mapping(
        {name: state for name, state in states.items() if state},
        {name: None if target == LEAVE else target for name, target in fields.items() if target},
        {name: _typed(after, name, value) for name, value in values.items() if value},
    )


def _typed(kind: RecordType, name: str, value: str) -> Any:
    if kind.fields[name].type == "boolean":
        return value in ("1", "true")
    if kind.fields[name].type in ("integer", "money"):
        plain = value.replace(".", "").replace(" ", "")
        return int(plain) if _WHOLE.fullmatch(plain) else value
    return value
