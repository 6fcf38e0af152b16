"""The filters of a page: what they offer its reader, and what a query chooses of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app_catalog.definitions.model import RecordType
from app_runtime.naming.choosing import named_before
from app_runtime.pages.opening import OpenPage
from app_runtime.records.actors import Actor
from app_runtime.records.former import list_former_options
from app_runtime.records.options import field_options
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, t
from tenants.regions.groups import area_choices

Query = MultiDict[str, str]


@dataclass(frozen=True)
class Filter:
    """One filter of a page: its options as (value, label), and what is chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


def page_filters(opened: OpenPage, query: Query) -> list[Filter]:
    """The filters of the page with what the query chooses of them."""
    found = []
    for name in opened.page.filters:
        label, options = filter_options(opened.app, opened.record_type, name, opened.reader)
        if options:
            options += list_former_options(opened.app, opened.reader, opened.record_type, name)
        value = query.get(name, "")
        if options:
            found.append(Filter(name, label, options, value if value in dict(options) else ""))
    return found


def filter_options(app: RunningApp, kind: RecordType, name: str, reader: Actor) -> tuple[str, list[tuple[str, str]]]:
    """The words for a filter, and its options as (value, label); none for what has no short list of values."""
    yes_or_no = [("true", t("Ya", "Yes")), ("false", t("Tidak", "No"))]
    if name == "state":
        states = kind.workflow.states.values() if kind.workflow else ()
        return t("Keadaan", "State"), [(state.id, pick(state.label)) for state in states]
    if name == "agency":
        return t("Dinas", "Agency"), [(node.key, node.name) for node in app.agencies.by_key.values()]
    if name == "overdue":
        return t("Terlambat", "Overdue"), yes_or_no
    if name in ("open", "checked", "published"):
        labels = {
            "open": t("Masih terbuka", "Still open"),
            "checked": t("Sudah diperiksa", "Checked"),
            "published": t("Ditayangkan", "Published"),
        }
        return labels[name], yes_or_no
    spec = kind.fields.get(name)
    if spec is not None and spec.target is not None:
        named = named_before(app, spec, reader)
        return pick(spec.label), [(str(one.id), one.label) for one in named]
    if spec is None or spec.type not in ("choice", "choices", "boolean", "agency", "agencies", "area"):
        return name, []
    if spec.type == "area":
        return pick(spec.label), area_choices(app.areas, spec.of)
    if spec.type == "boolean":
        return pick(spec.label), yes_or_no
    return pick(spec.label), [(one.id, one.label) for one in field_options(app, spec) if not one.stop]


def chosen_values(filters: Sequence[Filter]) -> dict[str, str]:
    """What is chosen, by field or attribute."""
    return {one.name: one.value for one in filters if one.value}
