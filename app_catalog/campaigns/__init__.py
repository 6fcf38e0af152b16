"""Asking many municipalities at once how an app fares, by one rubric."""
