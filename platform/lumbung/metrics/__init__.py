"""Figures about the platform itself, for Prometheus and for its operators; never about a person (ADR 0027)."""

from lumbung.metrics.measuring import (
    Gauge,
    Measured,
    Reader,
    Sample,
    list_gauges,
    list_measured,
    measure_municipality,
    measures,
)

__all__ = [
    "Gauge",
    "Measured",
    "Reader",
    "Sample",
    "list_gauges",
    "list_measured",
    "measure_municipality",
    "measures",
]
