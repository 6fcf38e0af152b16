"""`lumbung doctor`: proves from the database's own catalog that one municipality cannot see another's data."""

from lumbung.doctor.assertions import ASSERTIONS, Assertion
from lumbung.doctor.examination import BrokenWall, Finding, assert_wall, examine, examine_url

__all__ = ["ASSERTIONS", "Assertion", "BrokenWall", "Finding", "assert_wall", "examine", "examine_url"]
