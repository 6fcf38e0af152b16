"""A retry never makes a second record."""

from lumbung.idempotency.models import Submission
from lumbung.idempotency.services import KEPT_FOR, find_result, forget_old_submissions, list_results, once

__all__ = ["KEPT_FOR", "Submission", "find_result", "forget_old_submissions", "list_results", "once"]
