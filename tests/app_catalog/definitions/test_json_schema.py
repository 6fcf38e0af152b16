"""The JSON Schemas of the files of a package: as strict as the checker can be about one file, and never stricter."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from app_catalog.cli import app as command
from app_catalog.definitions.check import check_package
from app_catalog.definitions.json_schema import SCHEMA_NAMES, schema_name, schema_of
from app_catalog.definitions.nodes import plain
from app_catalog.definitions.source import load_files, load_folder
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.generated_apps.packages import generate_apps
from tests.mutated_packages import mutants

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = sorted(
    path.parent
    for folder in ("apps", "tests/packages", "app_catalog/starters")
    for path in (ROOT / folder).rglob("app.yaml")
)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(name))


def _refused(documents: dict[str, Any]) -> set[str]:
    return {path for path, data in documents.items() if not _validator(schema_name(path) or "").is_valid(data)}


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_each_schema_is_sound_and_the_same_each_time(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert json.dumps(schema) == json.dumps(schema_of(name))
    assert " / " in schema["title"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_package_of_the_repository_validates(folder: Path) -> None:
    for path, node in load_folder(folder).documents.items():
        errors = [error.message[:200] for error in _validator(schema_name(path) or "").iter_errors(plain(node))]
        assert errors == [], path


def test_generated_packages_validate() -> None:
    for app in generate_apps(20):
        documents = {path: plain(node) for path, node in load_files(app.files).documents.items()}
        assert _refused(documents) == set(), app.slug


def test_what_a_schema_refuses_the_checker_refuses(siaran_files: dict[str, bytes]) -> None:
    refused = 0
    for told, source, documents in mutants(load_files(siaran_files), random.Random(7), 60):
        files = _refused(documents)
        refused += bool(files)
        if files:
            assert not check_package(source).ok, told
    # A schema that takes anything would pass as well.
    assert refused > 30


@pytest.mark.parametrize(
    ("name", "file", "data"),
    [
        ("an unknown key", "app.yaml", {"colour": "red"}),
        ("a word of a later version", "pages/x.yaml", {"kind": "kiosk", "for": "public", "record": "report"}),
        ("a field of no known type", "records/x.yaml", {"fields": {"a": {"type": "txt"}}}),
        ("a key of another type", "records/x.yaml", {"fields": {"a": {"type": "boolean", "max_size": "10MB"}}}),
        ("two kinds of steps in one", "scenarios/x.yaml", {"when": [{"wait": "P1D", "act": {}}]}),
        ("a duration of nothing", "scenarios/x.yaml", {"when": [{"wait": "P"}]}),
        ("an id in capitals", "examples/x.yaml", {"Lamp": {}}),
    ],
)
def test_a_schema_refuses(name: str, file: str, data: dict[str, Any]) -> None:
    errors = list(_validator(schema_name(file) or "").iter_errors(data))
    assert [error for error in errors if error.validator != "required"], name


def test_keys_are_described_in_both_languages() -> None:
    fields = schema_of("app")["properties"]
    assert fields["category"]["description"] == "Kategori di katalog. / The category in the catalog."
    assert all(" / " in spec["description"] for spec in fields.values())


def test_the_command_prints_the_schema_of_a_file() -> None:
    done = CliRunner().invoke(command, ["schema", "records/report.yaml"])
    assert json.loads(done.output) == schema_of("records")
    unknown = CliRunner().invoke(command, ["--lang", "en", "schema", "icon.svg"])
    assert unknown.exit_code == 1
    assert "has no schema" in unknown.output


def test_the_hub_serves_them(app: LumbungFlask) -> None:
    hub = browse(app)
    answer = hub.get("/docs/package/records.schema.json")
    assert answer.get_json() == schema_of("records")
    assert answer.headers["ETag"]
    assert hub.get("/docs/package/nothing.schema.json").status_code == 404
