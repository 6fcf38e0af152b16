"""Checks of documents: each template is set once with an example, once with a record that says nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.documents.inputs import example_content
from app_catalog.definitions.documents.typesetting import Fault, Job, set_documents
from app_catalog.definitions.hidden_characters import check_hidden_characters
from app_catalog.definitions.package import PackageReading

_SOME_DAY = 1_767_571_200


def check_documents(package: PackageReading) -> None:
    """Note templates that cannot be set, at their line, and those that nothing makes. Needs a package without errors so
    far: setting takes a process."""
    documents: Mapping[str, str] = package.canonical.get("documents", {})
    for name in documents:
        path = f"documents/{name}.typ"
        check_hidden_characters(path, package.source.files[path], package.reading.problems)
    if not documents or not package.reading.problems.report().ok:
        return
    used = {name: kinds for name in documents if (kinds := _kinds(package.canonical, name))}
    for name in documents.keys() - used.keys():
        package.reading.problems.add("document-unused", f"documents/{name}.typ", severity="warning", found=name)
    tried = [(name, job) for name, kinds in used.items() for job in _jobs(package.canonical, name, kinds)]
    told = set()
    for (name, _), made in zip(tried, set_documents([job for _, job in tried]), strict=True):
        if isinstance(made, Fault) and (name, made) not in told:
            told.add((name, made))
            _note(package, name, made)


def _note(package: PackageReading, name: str, fault: Fault) -> None:
    package.reading.problems.add(
        "document-faulty", f"documents/{name}.typ", line=fault.line, column=fault.column, detail=fault.detail
    )


def _kinds(canonical: Mapping[str, Any], document: str) -> list[str]:
    """The record types with an automation that makes the document."""
    return [
        kind
        for kind, record in canonical["records"].items()
        if any(own.get("document") == document for own in record.get("automations", {}).values())
    ]


def _jobs(canonical: Mapping[str, Any], name: str, kinds: list[str]) -> Iterator[Job]:
    settings = {
        setting: spec.get("default")
        for setting, spec in canonical["app"].get("settings", {}).items()
        if not _secret(spec)
    }
    for kind in kinds:
        fields = canonical["records"][kind]["fields"]
        examples = canonical["examples"].get(kind, {})
        for values in ({}, *list(examples.values())[:1]):
            content = example_content(fields, values, settings, name=name)
            yield Job(canonical["documents"][name], content, _SOME_DAY)


def _secret(spec: Mapping[str, Any]) -> bool:
    return bool(spec.get("secret"))
