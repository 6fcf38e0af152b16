"""What an app works out from the answers of a form, told to whoever fills it in: a fee, a total, an age."""

from __future__ import annotations

from collections.abc import Mapping

from app_catalog.definitions.model import Field
from app_runtime.pages.conditions import deciding_fields
from app_runtime.pages.opening import OpenPage
from app_runtime.records.answers import EMPTY, Asked
from app_runtime.records.permissions import fields_read_by
from app_runtime.records.presenting import display_value
from lumbung.i18n import pick

Reckoned = dict[str, tuple[str, str]]
"""Label and text by field; the text is empty as long as nothing can be worked out."""


def reckoned_fields(opened: OpenPage, answered: Mapping[str, Field]) -> dict[str, Field]:
    """The computed fields that these answers decide about and that their sender may read afterwards."""
    kind = opened.record_type
    if not kind.computed:
        return {}
    read = fields_read_by(kind, opened.writer.roles | {"resident"})
    specs = {name: kind.fields[name] for name in kind.computed if name in read}
    return {name: spec for name, spec in specs.items() if deciding_fields(kind, [spec]) & answered.keys()}


def reckoned(opened: OpenPage, answered: Mapping[str, Field], asked: Asked) -> Reckoned:
    """What is worked out at this moment."""
    return {
        name: (pick(spec.label), "" if (value := asked.known.get(name)) in EMPTY else _text(opened, spec, value))
        for name, spec in reckoned_fields(opened, answered).items()
    }


def _text(opened: OpenPage, spec: Field, value: object) -> str:
    return display_value(opened.app, spec, value)
