"""Resolves every place of a package that names something defined elsewhere in it."""

from collections.abc import Collection, Mapping
from typing import Any

from app_catalog.definitions.building.children import children_by_id
from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, BUILTIN_ROLES
from app_catalog.definitions.model.holding import KEY_ATTRIBUTES, NUMBER_TYPES, UNGROUPED_TYPES
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.reading import Reference
from app_catalog.definitions.shape.records import SETTABLE

SCENARIO_PEOPLE = ("visitor",)
_WITH_ADDRESS = ("email", "phone", "person", "persons")


def check_references(package: PackageReading) -> None:
    """Note every reference to something that is not defined, with the nearest name that is."""
    for reference in package.reading.references:
        known = known_names(package.canonical, reference.namespace, _scope_of(package.canonical, reference))
        if known is None or reference.id in known:
            continue
        hint = suggest(reference.id, known)
        code = f"unknown-{reference.namespace}"
        package.reading.add(code, reference.node, reference.path, found=reference.id, suggestion=hint)


def _scope_of(canonical: Mapping[str, Any], reference: Reference) -> str | None:
    """The record type that a place speaks of: an effect for each child, of the children's."""
    match reference.path:
        case ("automations", name, "act" | "set", *_):
            record = canonical["records"].get(reference.scope, {})
            child = record.get("automations", {}).get(name, {}).get("for_each", "").removeprefix("children.")
            return children_by_id(record).get(child, reference.scope) if child else reference.scope
    return reference.scope


def known_names(canonical: Mapping[str, Any], namespace: str, scope: str | None) -> Collection[str] | None:
    """The ids defined in a namespace; None when its holder could not be read, so that one error stays one."""
    app = canonical["app"]
    if namespace in ("role", "scenario-role", "recipient"):
        return _people(canonical, namespace, scope)
    if namespace == "table":
        settings: Mapping[str, Any] = app.get("settings", {})
        return [name for name, spec in settings.items() if spec.get("type") == "table"]
    if namespace == "file-setting":
        return [name for name, spec in app.get("settings", {}).items() if spec.get("type") == "files"]
    if namespace == "consumed-event":
        return list(app.get("consumes", ()))
    if namespace == "secret":
        return [name for name, spec in app.get("settings", {}).items() if spec.get("secret")]
    if namespace == "document":
        return list(canonical.get("documents", ()))
    if namespace in ("message", "page", "record"):
        found: Collection[str] = canonical[f"{namespace}s"]
        return found
    record = canonical["records"].get(scope)
    return None if record is None else _in_record(record, namespace)


def _in_record(record: Mapping[str, Any], namespace: str) -> Collection[str] | None:
    fields: Mapping[str, Any] | None = record.get("fields")
    workflow = record.get("workflow", {})
    if namespace in ("state", "action"):
        return list(workflow.get(f"{namespace}s", ()))
    if namespace == "clock":
        return list(record.get("clocks", ()))
    if namespace == "occasion":
        return ["created", *workflow.get("actions", ()), *workflow.get("states", ())]
    if namespace == "children":
        return list(children_by_id(record))
    if fields is None:
        return None
    if namespace == "key-part":
        return [*(name for name, spec in fields.items() if spec.get("type") not in UNGROUPED_TYPES), *KEY_ATTRIBUTES]
    if namespace == "pdf-field":
        return [name for name, spec in fields.items() if _takes_pdf(spec)]
    if namespace == "number-field":
        return [name for name, spec in fields.items() if spec.get("type") in NUMBER_TYPES]
    more = {"attribute": BUILTIN_ATTRIBUTES, "settable": SETTABLE}.get(namespace, ())
    return [*fields, *more]


def _takes_pdf(spec: Mapping[str, Any]) -> bool:
    accept = spec.get("accept")
    return spec.get("type") == "files" and (not accept or "application/pdf" in accept or "*/*" in accept)


def _people(canonical: Mapping[str, Any], namespace: str, scope: str | None) -> Collection[str]:
    roles = [*canonical["app"].get("roles", ()), *BUILTIN_ROLES]
    if namespace == "scenario-role":
        return [*roles, *SCENARIO_PEOPLE]
    if namespace == "recipient":
        records = canonical["records"]
        chosen = [records[scope]] if scope in records else list(records.values())
        return [*roles, "agency", "assignee", *(name for record in chosen for name in contact_fields(record))]
    return roles


def contact_fields(record: Mapping[str, Any]) -> list[str]:
    """The fields that hold an address to write to: an e-mail, a phone, or a group with one of them."""
    found = []
    for name, spec in record.get("fields", {}).items():
        members = spec.get("fields", {}).values()
        if spec.get("type") in _WITH_ADDRESS or any(member.get("type") in _WITH_ADDRESS for member in members):
            found.append(name)
    return found
