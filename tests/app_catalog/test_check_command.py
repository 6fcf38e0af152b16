"""`lumbung app check` on a folder that is no package."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from app_catalog.cli import app as app_command


def test_a_folder_without_app_yaml_is_one_sentence_that_names_the_package_in_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Aplikasi saya\n", "utf-8")
    run = CliRunner().invoke(app_command, ["--lang", "en", "check", str(tmp_path)])
    assert (run.exit_code, run.output) == (1, "Error: There is no app.yaml here, so this is no package.\n")
    made = tmp_path / "izin-dagang"
    made.mkdir()
    (made / "app.yaml").write_text("format: 1\n", "utf-8")
    run = CliRunner().invoke(app_command, ["--lang", "en", "check", str(tmp_path)])
    assert (run.exit_code, run.output) == (1, f"Error: There is no app.yaml here; did you mean {made}?\n")
