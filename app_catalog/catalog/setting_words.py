"""What a setting takes and what it is by default, in words for the catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app_catalog.definitions.model import SettingSpec
from app_catalog.installations.values import show_duration
from lumbung.i18n import pick, show_date, show_datetime, show_decimal, show_rupiah, t


def kind_name(kind: str) -> str:
    """What a setting of this type takes."""
    names = {
        "text": t("teks", "text"),
        "long_text": t("teks panjang", "long text"),
        "markdown": t("teks berformat", "formatted text"),
        "integer": t("angka", "number"),
        "decimal": t("angka desimal", "decimal number"),
        "date": t("tanggal", "date"),
        "time": t("jam", "time of day"),
        "datetime": t("tanggal dan jam", "date and time"),
        "url": t("alamat web", "web address"),
        "money": t("rupiah", "rupiah"),
        "boolean": t("ya atau tidak", "yes or no"),
        "duration": t("lama waktu", "length of time"),
        "choice": t("pilihan", "choice"),
        "choices": t("beberapa pilihan", "several choices"),
        "point": t("titik di peta", "point on the map"),
        "area": t("wilayah", "area"),
        "files": t("berkas", "files"),
        "email": t("surel", "e-mail"),
        "phone": t("telepon", "telephone"),
        "agency": t("dinas", "agency"),
        "table": t("tabel", "table"),
    }
    return names.get(kind, kind)


def show_default(spec: SettingSpec) -> str:
    """The value that it has until a municipality says something else."""
    value = spec.default
    if value is None or spec.secret:
        return t("diisi daerah", "filled in by the municipality")
    show = _SHOWN.get(spec.type)
    if show is not None:
        return show(spec, value)
    return show_decimal(value) if isinstance(value, int | float) else pick(value)


def _options(spec: SettingSpec, chosen: list[str]) -> str:
    return ", ".join(pick(spec.options.get(one, {})) or str(one) for one in chosen)


def _rows(spec: SettingSpec, rows: Mapping[str, Any]) -> str:
    return ", ".join(pick(row.get("name", key)) for key, row in rows.items())


_SHOWN: Mapping[str, Callable[[SettingSpec, Any], str]] = {
    "boolean": lambda _, value: t("ya", "yes") if value else t("tidak", "no"),
    "duration": lambda _, value: show_duration(value),
    "choice": lambda spec, value: _options(spec, [value]),
    "choices": _options,
    "table": _rows,
    "money": lambda _, value: show_rupiah(value),
    "date": lambda _, value: show_date(date.fromisoformat(value)),
    # The catalog belongs to no municipality, so that its clock is that of Jakarta.
    "datetime": lambda _, value: show_datetime(datetime.fromisoformat(value), "Asia/Jakarta"),
}
