"""Loading the demonstration: cut off, again, where it must not be, and who may sign in then."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from app_runtime.demonstration.cli import demo, step_name
from app_runtime.demonstration.loading import RealData, load_demonstration, require_no_real_data
from app_runtime.demonstration.progress import STEPS, is_loaded
from app_runtime.demonstration.sign_ins import demonstration_lines
from lumbung.db import db, use_tenant
from lumbung.doctor.examination import examine_url
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings, SettingsError
from tenants.accounts.models import Account
from tenants.municipalities.models import Municipality
from tests.app_runtime.loaded_demonstration.loaded import Loaded
from tests.processor_time import at_most


def test_an_interrupted_load_goes_on_where_it_stopped(loaded: Loaded) -> None:
    assert loaded.steps == list(STEPS[1:])


def test_the_doctor_finds_nothing(loaded: Loaded) -> None:
    assert [finding for finding in examine_url(loaded.settings.database_url) if not finding.warning] == []


def test_a_second_load_is_quick_and_changes_nothing(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        before = db.session.scalar(select(func.max(text("xmin::text::bigint"))).select_from(Municipality))
        assert load_demonstration(db.session) == []
        after = db.session.scalar(select(func.max(text("xmin::text::bigint"))).select_from(Municipality))
        assert before == after
        db.session.remove()
    with at_most(0.3):
        result = run_load(loaded.settings)
    assert result.exit_code == 0
    assert "sudah dimuat" in result.output


def test_a_database_that_somebody_gave_needs_a_yes(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.demonstration.progress.is_loaded", lambda url: False)
    refused = run_load(loaded.settings)
    assert refused.exit_code == 1
    assert "--yes" in refused.output


def test_a_real_municipality_keeps_the_demonstration_out(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.demonstration.loading.loaded_steps", lambda session: set())
    with loaded.app.app_context():
        use_tenant(db.session, None)
        first = db.session.scalars(select(Municipality).limit(1)).one()
        first.demo = False
        db.session.flush()
        with pytest.raises(RealData):
            load_demonstration(db.session)
        with pytest.raises(RealData):
            require_no_real_data(db.session)
        db.session.rollback()
        db.session.remove()


def test_an_unprepared_database_is_one_clear_line(suite_server: SuiteServer) -> None:
    with pytest.raises(SettingsError, match="lumbung db upgrade"):
        is_loaded(suite_server.admin_conninfo)


def test_the_sign_ins_are_those_of_people_who_are_there(loaded: Loaded) -> None:
    lines = "\n".join(demonstration_lines("http://localhost:8000"))
    assert "http://surabaya.localhost:8000" in lines
    printed = {word for word in lines.split() if "@" in word}
    with loaded.app.app_context():
        use_tenant(db.session, None)
        known = set(db.session.scalars(select(Account.email)))
        db.session.rollback()
    assert len(printed) == 3
    assert len(lines.splitlines()) <= 14
    assert "lumbung demo sign-ins" in lines
    everybody = {word for word in CliRunner().invoke(demo, ["sign-ins"]).output.split() if "@" in word}
    assert len(everybody) > 60
    assert printed < everybody <= known


def test_the_sign_ins_name_the_address_of_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.json").write_text('{"pid": 1, "address": "http://localhost:8123"}')
    monkeypatch.delenv("BASE_URL", raising=False)
    monkeypatch.setenv("LUMBUNG_INSTANCE", str(tmp_path))
    assert "http://tangsel.localhost:8123" in CliRunner().invoke(demo, ["sign-ins"]).output


def test_every_step_has_a_name_for_who_waits() -> None:
    names = [step_name(step) for step in STEPS]
    assert len(set(names)) == len(STEPS)


def run_load(settings: Settings) -> Result:
    environment = {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url or "",
        "SECRET_KEY": settings.secret_key,
        "LUMBUNG_INSTANCE": str(settings.instance),
    }
    return CliRunner().invoke(demo, ["load"], env=environment)
