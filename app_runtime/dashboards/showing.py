"""A dashboard in words: figures, and charts with the numbers that they are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.charts import Chart
from app_runtime.dashboards.periods import period_label
from app_runtime.dashboards.reckoning import Key, Reckoned, reckon
from app_runtime.pages.filters import Query
from app_runtime.pages.opening import OpenPage
from app_runtime.records.options import field_options
from app_runtime.records.presenting import display_value
from lumbung.db import now
from lumbung.i18n import pick, show_datetime, show_decimal, show_number, show_rupiah, t

BARS = 15
"""Bars of one chart at most; what is left over is one bar more."""
Value = Decimal | int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar or point: its name, its value for drawing (None where there is none), and in words."""

    label: str
    value: float | None
    shown: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number."""

    label: str
    shown: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart: `shape` is `bars` (one for each group) or `time`; `head` names what the bars are told apart by."""

    id: str
    label: str
    shape: str
    head: str
    measure: str
    bars: Sequence[Bar]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.value for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What a dashboard shows, and as of when."""

    figures: Sequence[Figure]
    charts: Sequence[Drawn]
    at: str


def browse_dashboard(opened: OpenPage, query: Query) -> Dashboard:
    """All figures and charts of the page, in their order."""
    del query
    figures: list[Figure] = []
    charts: list[Drawn] = []
    for chart in opened.page.charts.values():
        if chart.record not in opened.app.definition.records:
            continue
        found = reckon(opened, chart)
        kind = opened.app.record_type(chart.record)
        show = _writing(kind, chart)
        if chart.by is None:
            value = found.values.get(None)
            figures.append(Figure(pick(chart.label), show(value) if value is not None else "–"))
        else:
            charts.append(_drawn(opened, kind, chart, found, show))
    return Dashboard(figures, charts, show_datetime(now(), opened.app.municipality.timezone))


def _drawn(opened: OpenPage, kind: RecordType, chart: Chart, found: Reckoned, show: Callable[[Value], str]) -> Drawn:
    by = chart.by or ""
    over_time = found.window is not None
    bars = _over_time(chart, found, show) if over_time else _by_group(opened, kind, chart, found, show)
    field = kind.fields.get(by)
    head = pick(field.label) if field is not None else _ATTRIBUTES[by]()
    if found.window is not None:
        head = {"day": t("Hari", "Day"), "week": t("Minggu", "Week"), "month": t("Bulan", "Month")}[found.window.unit]
    return Drawn(chart.id, pick(chart.label), "time" if found.window else "bars", head, _measure(kind, chart), bars)


_ATTRIBUTES: Mapping[str, Callable[[], str]] = {
    "state": lambda: t("Keadaan", "State"),
    "agency": lambda: t("Dinas", "Agency"),
    "open": lambda: t("Masih terbuka", "Still open"),
    "overdue": lambda: t("Terlambat", "Overdue"),
    "checked": lambda: t("Sudah diperiksa", "Checked"),
    "published": lambda: t("Ditayangkan", "Published"),
    "created_at": lambda: t("Dibuat", "Made"),
    "closed_at": lambda: t("Ditutup", "Closed"),
    "due": lambda: t("Tenggat", "Due"),
}


def _over_time(chart: Chart, found: Reckoned, show: Callable[[Value], str]) -> list[Bar]:
    assert found.window is not None
    starts = found.window.starts
    used = [place for place, start in enumerate(starts) if start in found.values]
    # Periods before the first and after the last value are left out; a gap between them is one.
    kept = starts[used[0] : used[-1] + 1] if used else []
    nothing = None if chart.measure == "average" else 0
    bars = []
    for start in kept:
        value = found.values.get(start, nothing)
        shown = show(value) if value is not None else "–"
        bars.append(Bar(period_label(found.window.unit, start), _plain(value), shown))
    return bars


def _by_group(
    opened: OpenPage,
    kind: RecordType,
    chart: Chart,
    found: Reckoned,
    show: Callable[[Value], str],
) -> list[Bar]:
    values = found.values
    settled = _settled(opened, kind, chart.by or "")
    if settled is not None:
        rest = [key for key in values if key not in settled]
        keys: list[Key] = [key for key in settled if key in values] + sorted(rest, key=str)
    else:
        keys = sorted(values, key=lambda key: (-values[key], str(key)))
    tones = _tones(kind, chart.by or "")
    bars = [
        Bar(_named(opened, kind, chart.by or "", key), _plain(values[key]), show(values[key]), tones.get(key, ""))
        for key in keys[:BARS]
    ]
    left = sum((found.shares[key] for key in keys[BARS:]), found.rest)
    if left.groups:
        value = left.value(chart.measure)
        bars.append(Bar(t("{n} lainnya", "{n} others", n=left.groups), _plain(value), show(value)))
    return bars


def _settled(opened: OpenPage, kind: RecordType, name: str) -> list[Key] | None:
    """The groups in the order of the definition, where it has one."""
    if name == "state":
        return [*kind.workflow.states] if kind.workflow else []
    if name in kind.fields:
        spec = kind.fields[name]
        if spec.type == "boolean":
            return ["true", "false"]
        return [one.id for one in field_options(opened.app, spec)] if spec.type == "choice" else None
    return None if name == "agency" else [True, False]


def _tones(kind: RecordType, name: str) -> Mapping[Key, str]:
    if name != "state" or kind.workflow is None:
        return {}
    return {state.id: state.tone for state in kind.workflow.states.values()}


def _named(opened: OpenPage, kind: RecordType, name: str, key: Key) -> str:
    app = opened.app
    if key is None or key == "":
        return t("Belum diisi", "Not given")
    if name == "state":
        for _, one in app.kinds(kind.id):
            if one.workflow and key in one.workflow.states:
                return pick(one.workflow.states[key].label)
        return str(key)
    if name == "agency":
        node = app.agencies.by_id.get(key)
        return node.name if node is not None else t("Dinas yang sudah dihapus", "An agency that was removed")
    spec = kind.fields.get(name)
    if spec is None or spec.type == "boolean":
        return t("Ya", "Yes") if key in (True, "true") else t("Tidak", "No")
    return display_value(app, spec, key)


def _writing(kind: RecordType, chart: Chart) -> Callable[[Value], str]:
    field = kind.fields.get(chart.number or "")
    if field is not None and field.type == "money":
        return lambda value: show_rupiah(round(value))
    if chart.measure == "count" or (field is not None and field.type == "integer" and chart.measure == "sum"):
        return lambda value: show_number(int(value))
    return lambda value: show_decimal(round(float(value), 2))


def _measure(kind: RecordType, chart: Chart) -> str:
    field = kind.fields.get(chart.number or "")
    label = pick(field.label) if field is not None else ""
    if chart.measure == "count":
        return t("Jumlah", "Number")
    if chart.measure == "sum":
        return t("Jumlah {label}", "Sum of {label}", label=label)
    return t("Rata-rata {label}", "Average {label}", label=label)


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)
