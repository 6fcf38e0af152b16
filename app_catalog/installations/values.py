"""Do the values of settings fit? One answer per setting, in the words of the person who fills the form in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError

from app_catalog.definitions.durations import DurationError, compare_durations, parse_duration
from app_catalog.definitions.model import Column, Definition, Field, FieldType, SettingSpec
from app_catalog.definitions.patterns import matches_pattern
from app_catalog.definitions.schemas.values import CHECKS
from app_catalog.definitions.shape.scalars import is_id
from app_catalog.installations.areas_form import AreasHere
from lumbung.i18n import current_language, pick, t
from tenants.municipalities.places import in_indonesia

MOST_ROWS = 500
_YEARS = re.compile(r"P(\d{1,3})Y")
_IN_LANGUAGES = ("text", "long_text", "markdown")
_LISTS = ("choices", "point", "files")
Errors = dict[str, list[str]]
Spec = SettingSpec | Column


def check_settings(
    definition: Definition,
    values: Mapping[str, Any],
    *,
    agencies: Mapping[str, str],
    secrets: Iterable[str] = (),
    areas: AreasHere | None = None,
) -> Errors:
    """Errors by setting id, for a table by `<setting>.<row>.<column>`; empty when everything fits.

    `agencies` are the municipality's open agencies by key, `secrets` the ids of secrets that are kept already, `areas`
    what may be named as an area; without it any word may.
    """
    errors: Errors = {}
    for spec in definition.settings.values():
        value = values.get(spec.id)
        if spec.secret:
            if spec.required and spec.id not in set(secrets) and not value:
                errors[spec.id] = [_missing()]
            continue
        if spec.type == "table":
            if value and not isinstance(value, Mapping):
                errors[spec.id] = [_another_kind()]
            else:
                errors.update(_check_table(spec, value or {}, agencies, areas))
            continue
        problem = check_value(spec, value, agencies, areas)
        if problem:
            errors[spec.id] = [problem]
    return errors


def _check_table(
    spec: SettingSpec, rows: Mapping[str, Any], agencies: Mapping[str, str], areas: AreasHere | None
) -> Errors:
    errors: Errors = {}
    if len(rows) > MOST_ROWS:
        errors[spec.id] = [t("Paling banyak {n} baris.", "At most {n} rows.", n=MOST_ROWS)]
    if spec.required and not rows:
        errors[spec.id] = [t("Isi paling sedikit satu baris.", "Fill in at least one row.")]
    for row_id, cells in rows.items():
        if not is_id(row_id):
            errors[spec.id] = [
                t("“{row}” tidak bisa menjadi id baris.", "“{row}” cannot be a row’s id.", row=row_id[:40])
            ]
            continue
        if not isinstance(cells, Mapping):
            errors[spec.id] = [_another_kind()]
            continue
        for column in spec.columns.values():
            problem = check_value(column, cells.get(column.id, column.default), agencies, areas)
            if problem:
                errors[f"{spec.id}.{row_id}.{column.id}"] = [problem]
    return errors


def check_value(spec: Spec, value: Any, agencies: Mapping[str, str], areas: AreasHere | None = None) -> str | None:
    """What is wrong with one value and what would be right; None when it fits."""
    if value is None or value in ("", {}, []):
        return _missing() if spec.required else None
    if isinstance(value, list) != (spec.type in _LISTS) or (
        isinstance(value, Mapping) and spec.type not in _IN_LANGUAGES
    ):
        if spec.type == "point" and isinstance(value, str):
            return t(
                "Pilih titik di peta, atau tulis koordinat atau tautan peta.",
                "Choose a point on the map, or write coordinates or a map link.",
            )
        # A table's value, say, where there is a single one in another version.
        return _another_kind()
    checker = _CHECKERS.get(spec.type)
    problem = checker(spec, value, agencies) if checker else None
    if problem is None and spec.type == "area" and areas is not None:
        return areas.problem(spec, value)
    if problem is None and spec.pattern and isinstance(value, str) and not matches_pattern(spec.pattern, value):
        return t("Bentuknya tidak sesuai.", "It does not have the expected form.")
    return problem


def _missing() -> str:
    return t("Bagian ini wajib diisi.", "This is required.")


def _another_kind() -> str:
    return t("Nilai ini dari jenis lain. Isi yang baru.", "This value is of another kind. Enter a new one.")


def _duration(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    try:
        span = parse_duration(str(value))
    except DurationError:
        return t(
            "Tulis lamanya, misalnya PT48H (48 jam) atau P3WD (3 hari kerja).",
            "Write a duration such as PT48H (48 hours) or P3WD (3 working days).",
        )
    low = parse_duration(str(spec.min)) if spec.min is not None else None
    high = parse_duration(str(spec.max)) if spec.max is not None else None
    if low is not None and (compare_durations(span, low) or 0) < 0:
        return t("Paling singkat {low}.", "At least {low}.", low=show_duration(low.text))
    if high is not None and (compare_durations(span, high) or 0) > 0:
        return t("Paling lama {high}.", "At most {high}.", high=show_duration(high.text))
    return None


def _number(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return t("Isi dengan angka.", "Enter a number.")
    if spec.min is not None and value < float(spec.min):
        return t("Paling kecil {low}.", "At least {low}.", low=spec.min)
    if spec.max is not None and value > float(spec.max):
        return t("Paling besar {high}.", "At most {high}.", high=spec.max)
    return None


def _text(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    text = pick(value) if isinstance(value, Mapping) else value
    if not isinstance(text, str):
        return t("Isi dengan teks.", "Enter a text.")
    longest = int(spec.max) if spec.max is not None else 20_000 if spec.type == "markdown" else 4_000
    return t("Paling panjang {n} huruf.", "At most {n} characters.", n=longest) if len(text) > longest else None


def _choice(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    return None if value in spec.options else t("Pilih salah satu pilihan.", "Choose one of the options.")


def _choices(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    if not all(isinstance(one, str) and one in spec.options for one in value):
        return t("Pilih dari pilihan yang ada.", "Choose from the options.")
    if spec.min is not None and len(value) < int(spec.min):
        return t("Pilih paling sedikit {n}.", "Choose at least {n}.", n=spec.min)
    if spec.max is not None and len(value) > int(spec.max):
        return t("Pilih paling banyak {n}.", "Choose at most {n}.", n=spec.max)
    return None


def _files(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    """Ids of files; whether they are there is asked when they are given."""
    return None if all(isinstance(one, str) and 0 < len(one) <= 200 for one in value) else _another_kind()


def _point(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    problem = _as_a_field(spec, value, agencies)
    if problem is None and not in_indonesia(*value):
        return t("Titik ini di luar Indonesia. Pilih lagi.", "This point lies outside Indonesia. Choose again.")
    return problem


def _boolean(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    return None if isinstance(value, bool) else t("Pilih ya atau tidak.", "Choose yes or no.")


def _agency(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    if value in agencies:
        return None
    return t("Pilih dinas yang masih aktif.", "Choose an agency that is still active.")


def _email(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    try:
        validate_email(str(value), check_deliverability=False)
    except EmailNotValidError:
        return t("Tulis alamat email yang lengkap.", "Enter a complete e-mail address.")
    return None


def _as_a_field(spec: Spec, value: Any, agencies: Mapping[str, str]) -> str | None:
    """What a field of this type would say."""
    field = Field(spec.id, _FIELDS[spec.type], spec.label, lowest=spec.min, highest=spec.max)
    try:
        CHECKS[field.type](value, field, current_language())
    except ValidationError as error:
        messages = error.messages
        return str(messages[0]) if isinstance(messages, list) else _another_kind()
    return None


_FIELDS: dict[str, FieldType] = {
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "url": "url",
    "area": "area",
    "point": "point",
}
_CHECKERS: dict[str, Callable[[Spec, Any, Mapping[str, str]], str | None]] = {
    "duration": _duration,
    "integer": _number,
    "money": _number,
    "decimal": _number,
    "text": _text,
    "long_text": _text,
    "phone": _text,
    "date": _as_a_field,
    "time": _as_a_field,
    "datetime": _as_a_field,
    "area": _as_a_field,
    "url": _as_a_field,
    "markdown": _text,
    "point": _point,
    "files": _files,
    "choice": _choice,
    "choices": _choices,
    "boolean": _boolean,
    "agency": _agency,
    "email": _email,
}


def show_duration(text: str) -> str:
    """A duration in words: `PT48H` is 2 × 24 jam, `P3WD` 3 hari kerja."""
    try:
        span = parse_duration(text)
    except DurationError:
        return text
    if years := _YEARS.fullmatch(text):
        return t("{n} tahun", "{n} years", n=int(years[1]))
    if span.is_working:
        return t("{n} hari kerja", "{n} working days", n=span.working_days)
    days, rest = divmod(span.seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    parts = []
    if days:
        parts.append(t("{n} hari", "{n} days", n=days))
    if hours:
        parts.append(t("{n} jam", "{n} hours", n=hours))
    if minutes:
        parts.append(t("{n} menit", "{n} minutes", n=minutes))
    return " ".join(parts) or t("0 menit", "0 minutes")
