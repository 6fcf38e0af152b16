"""The canonical form: one form, one digest, whatever the author's habits."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_catalog.definitions.canonical import (
    CanonicalError,
    canonical_bytes,
    canonicalise,
    compile_definition,
    digest,
)
from app_catalog.definitions.merge_patch import apply_merge_patch, make_merge_patch
from app_catalog.definitions.model import Definition
from app_catalog.definitions.problems import PackageError
from app_catalog.definitions.source import load_files

HEAD = """
format: 1
id: small
version: 1.0.0
name: {id: Kecil, en: Small}
category: other
audience: government
"""
ROLES = {f"role{i}": {"order": i * 7, "name": {"id": f"Peran {i}", "en": f"Role {i}"}} for i in range(5)}
ORDERED_STATES = {
    "a": {"order": 3, "label": {"id": "A", "en": "A"}},
    "b": {"order": 2, "label": {"id": "B", "en": "B"}},
    "c": {"order": 1, "label": {"id": "C", "en": "C"}, "end": "success"},
}


def _shuffled(value: Any, draw: Any) -> Any:
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        return {key: _shuffled(value[key], draw) for key in keys}
    return value


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_keys_does_not_change_the_digest_when_order_is_explicit(
    siaran_files: dict[str, bytes], data: st.DataObject
) -> None:
    app = {"format": 1, "id": "small", "version": "1.0.0", "name": {"id": "Kecil", "en": "Small"}, "category": "other",
           "audience": "government", "roles": ROLES}  # fmt: skip
    record = {
        "name": {"id": "Surat", "en": "Letter"}, "title": "record.title",
        "access": {"role0": {"read": {"rows": "all"}}},
        "fields": {"title": {"type": "text", "order": 1}, "note": {"type": "text", "order": 2}},
        "workflow": {"start": "a", "states": ORDERED_STATES, "actions": {
            "go": {"order": 1, "from": ["a", "b"], "to": "c", "by": ["role0"]},
            "on": {"order": 2, "from": ["a"], "to": "b", "by": ["role1"]}}},
    }  # fmt: skip
    keep = {name: siaran_files[name] for name in ("publiccode.yml", "icon.svg", "README.md", "CHANGELOG.md")}

    def as_digest(first: Any, second: Any) -> str:
        files = {**keep, "app.yaml": json.dumps(first).encode(), "records/letter.yaml": json.dumps(second).encode()}
        return digest(canonicalise(load_files(files)))

    assert as_digest(_shuffled(app, data.draw), _shuffled(record, data.draw)) == as_digest(app, record)


def test_ways_of_writing_the_same_give_the_same_digest(siaran_files: dict[str, bytes], siaran: Definition) -> None:
    report = siaran_files["records/report.yaml"].decode()
    ways = [
        report.replace("from: waiting", "from: [waiting]"),
        report.replace("by: [resident]", "by: resident"),
        report.replace("from: [received, assigned]", "from: [assigned, received]"),
        report.replace("on: action.assign", "on: assign"),
        report.replace("fields: [cost]", "fields: cost"),
        report.replace("tone: amber", "'tone': \"amber\" "),
        report.replace("\n", "\r\n"),
        report.replace("workflow:\n", "# a comment\nworkflow:\n"),
    ]
    for way in ways:
        assert way != report
        files = {**siaran_files, "records/report.yaml": way.encode()}
        assert digest(canonicalise(load_files(files))) == siaran.digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("records/report.yaml", "max: 120", "max: 121"),
        ("app.yaml", "PT48H", "PT47H"),
        ("README.md", "Warga", "warga"),
        ("icon.svg", "#f2a900", "#f2a901"),
        ("messages/fixed.yaml", "selesai", "beres"),
        ("records/report.yaml", "columns", "columns"),
    ],
)
def test_every_change_changes_the_digest(
    file: str, old: str, new: str, siaran_files: dict[str, bytes], siaran: Definition
) -> None:
    changed = {**siaran_files, file: siaran_files[file].decode().replace(old, new, 1).encode()}
    assert (digest(canonicalise(load_files(changed))) == siaran.digest) == (old == new)


def test_the_canonical_form_has_orders_languages_lists_and_no_nulls(siaran_files: dict[str, bytes]) -> None:
    canonical = canonicalise(load_files(siaran_files))
    report = canonical["records"]["report"]
    assert report["fields"]["title"]["order"] == 10
    assert report["fields"]["description"]["order"] == 20
    assert report["workflow"]["actions"]["reply"]["from"] == {"waiting": True}
    assert report["fields"]["category"]["options"] == {"setting": "categories"}
    assert canonical["pages"]["public-reports"]["sort"] == ["-created_at"]
    assert canonical["app"]["settings"]["categories"]["default"]["rubbish"]["order"] == 30
    assert canonical["files"]["icon.svg"].startswith("sha256:")
    assert b"null" not in canonical_bytes(canonical)


def test_a_stored_canonical_form_compiles_to_the_same_definition(
    siaran_files: dict[str, bytes], siaran: Definition
) -> None:
    stored = json.loads(canonical_bytes(canonicalise(load_files(siaran_files))))
    assert compile_definition(stored) == siaran


def test_a_patched_form_compiles_to_another_definition(siaran_files: dict[str, bytes], siaran: Definition) -> None:
    canonical = canonicalise(load_files(siaran_files))
    patch = {
        "app": {"name": {"id": "Wargaku"}},
        "records": {"report": {"fields": {"cost": None, "title": {"order": 25}}, "duplicates": None}},
    }
    before = deepcopy(canonical)
    patched = compile_definition(apply_merge_patch(canonical, patch))
    assert canonical == before
    assert patched.digest != siaran.digest
    assert patched.name == {"id": "Wargaku", "en": "SIARAN: Citizen Reports"}
    assert list(patched.records["report"].fields)[:2] == ["description", "title"]
    assert "cost" not in patched.records["report"].fields


def test_a_patch_between_two_forms_leads_from_one_to_the_other(siaran_files: dict[str, bytes]) -> None:
    before = canonicalise(load_files(siaran_files))
    after = apply_merge_patch(before, {"app": {"settings": {"publish": None, "x": {"y": [1]}}}, "readme": "baru"})
    assert apply_merge_patch(before, make_merge_patch(before, after)) == after
    assert make_merge_patch(before, before) == {}


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches_follow_the_examples_of_rfc_7396(target: Any, patch: Any, result: Any) -> None:
    assert apply_merge_patch(target, patch) == result


@pytest.mark.parametrize("value", [{"a": None}, {"a": [1, None]}, {"a": {"b": None}}])
def test_a_null_is_no_canonical_form(value: Any) -> None:
    with pytest.raises(CanonicalError):
        canonical_bytes(value)


def test_a_form_with_a_part_missing_does_not_compile(siaran_files: dict[str, bytes]) -> None:
    canonical = canonicalise(load_files(siaran_files))
    with pytest.raises(CanonicalError):
        compile_definition(apply_merge_patch(canonical, {"records": {"report": {"title": None}}}))


def test_a_broken_package_has_no_canonical_form(siaran_files: dict[str, bytes]) -> None:
    with pytest.raises(PackageError) as raised:
        canonicalise(load_files({**siaran_files, "app.yaml": HEAD.encode() + b"zzz: 1\n"}))
    assert "unknown-key" in {problem.code for problem in raised.value.report.errors}
