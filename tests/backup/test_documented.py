"""docs/backup.md says how an archive is read without Lumbung, and that is so."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lumbung.backup.cli import backup, restore
from lumbung.settings import Settings
from tests.backup.filled import CANARY, Db, back_up, checksums, destroy, fill
from tests.world import World


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an operator's shell."""
    assert settings.migration_database_url is not None
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MIGRATION_DATABASE_URL", settings.migration_database_url)
    monkeypatch.setenv("SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("LUMBUNG_INSTANCE", str(settings.instance))


def test_the_documented_example_reads_an_archive(
    session: Db, world: World, settings: Settings, tmp_path: Path, source_root: Path
) -> None:
    fill(session, world)
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    text = (source_root / "docs" / "backup.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/backup.md", "exec"), names)
    read: Callable[[Path], tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]] = names["read_archive"]
    tables, manifest = read(archive)
    assert {name: len(rows) for name, rows in tables.items()} == {
        name: table["rows"] for name, table in manifest["tables"].items()
    }
    assert CANARY["tangsel"] in tables["records"][0]["title"]
    every_field = set(manifest) | set(manifest["origin"]) | set(manifest["files"]) | set(manifest["municipality"])
    assert [field for field in every_field if f"`{field}`" not in text] == []


def test_any_tar_unpacks_it(session: Db, world: World, settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "semua.tar"
    back_up(settings, archive)
    listed = subprocess.run(["tar", "-tf", str(archive)], check=True, capture_output=True, text=True)
    with tarfile.open(archive) as tar:
        names = tar.getnames()
    assert listed.stdout.split() == names
    assert (names[0], names[-1]) == ("README.txt", "manifest.json")


def test_an_operator_backs_up_checks_and_restores(
    environment: None, session: Db, world: World, settings: Settings, tmp_path: Path, admin_conninfo: str
) -> None:
    session.remove()
    run = CliRunner()
    made = run.invoke(backup, [str(tmp_path)], catch_exceptions=False)
    (archive,) = tmp_path.glob("lumbung-semua-*.tar")
    assert str(archive) in made.output
    assert archive.stat().st_mode & 0o777 == 0o600
    checked = run.invoke(backup, ["--check", str(archive)], catch_exceptions=False)
    assert "Arsip utuh" in checked.output
    assert "backup.made" in str(checksums(settings)["platform_audit_entries"])
    destroy(settings, admin_conninfo)
    assert run.invoke(restore, [str(archive)], catch_exceptions=False).exit_code == 0
    assert checksums(settings)["municipalities"]


def test_replacing_asks_for_the_name_first(
    environment: None, session: Db, world: World, settings: Settings, tmp_path: Path
) -> None:
    session.remove()
    run = CliRunner()
    archive = tmp_path / "tangsel.tar"
    assert run.invoke(backup, [str(archive), "--municipality", "tangsel"], catch_exceptions=False).exit_code == 0
    before = checksums(settings)
    arguments = [str(archive), "--municipality", "--replace"]
    refused = run.invoke(restore, arguments, input="surabaya\n", catch_exceptions=False)
    assert refused.exit_code == 1
    assert checksums(settings) == before
    done = run.invoke(restore, arguments, input="tangsel\n", catch_exceptions=False)
    assert "Dipulihkan sebagai tangsel" in done.output
