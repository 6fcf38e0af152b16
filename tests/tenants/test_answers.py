"""Numbers that people type stay within their bounds, however they are written."""

from __future__ import annotations

import pytest
from flask import Flask

from tenants.answers import Answers


@pytest.mark.parametrize(
    "typed", ["000000005999", "10000000099999999999999999", "1e3", "٥", "-1", "0x5", "5.0", "9" * 5000]
)
def test_only_a_whole_number_within_its_bounds_is_one(app: Flask, typed: str) -> None:
    with app.test_request_context(base_url="https://lumbung.test"):
        answers = Answers({"records": typed})
        assert answers.whole("records", least=1, most=100) is None
        assert "records" in answers.errors
        assert Answers({"records": "007"}).whole("records", least=1, most=100) == 7
