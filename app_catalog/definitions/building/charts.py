"""Builds the charts of a dashboard."""

from app_catalog.definitions.building.parts import Json, ids_or_all, label
from app_catalog.definitions.model.charts import MEASURES, Chart


def build_chart(name: str, spec: Json) -> Chart:
    """A chart from its canonical form."""
    measure = next(one for one in MEASURES if one in spec)
    record, _, number = spec[measure].partition(".")
    return Chart(
        id=name,
        label=label(name, spec),
        measure=measure,
        record=record,
        number=number or None,
        by=spec.get("by"),
        unit=spec.get("unit"),
        only=ids_or_all(spec.get("only")),
        order=spec.get("order", 0),
    )
