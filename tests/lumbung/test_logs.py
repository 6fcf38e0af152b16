"""Logs hold no values of people's data, even when a statement fails."""

from __future__ import annotations

from io import StringIO

import pytest
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from lumbung.logs import configure_logs
from tenants.accounts.models import Account


def test_a_broken_rule_of_the_database_is_logged_without_the_row(
    session: scoped_session[Session], capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("json")
    session.add_all([Account(email="sari@contoh.id", name="Sari Rahasia") for _ in range(2)])
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    assert "sari@contoh.id" in str(caught.value), "what is to be kept out is there"
    structlog.get_logger("lumbung.problems").error("unhandled", exc_info=caught.value)
    logged = capsys.readouterr().err
    assert "uq_accounts_email" in logged
    assert "sari@contoh.id" not in logged
    assert "Rahasia" not in logged


def test_logs_follow_standard_error_when_it_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = StringIO(), StringIO()
    monkeypatch.setattr("sys.stderr", first)
    configure_logs("json")
    first.close()
    monkeypatch.setattr("sys.stderr", second)
    structlog.get_logger("test").warning("still-here")
    assert "still-here" in second.getvalue()
