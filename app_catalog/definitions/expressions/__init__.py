"""Conditions and formulas of packages in CEL: checked when a package is, evaluated when it runs."""

from app_catalog.definitions.expressions.evaluation import Evaluator, Known, Outcome, Scope, evaluator_for
from app_catalog.definitions.expressions.names import Names

__all__ = ["Evaluator", "Known", "Names", "Outcome", "Scope", "evaluator_for"]
