"""What a form asks, ready for the template: one control per field, with what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app_catalog.definitions.model import SEVERAL, Field
from app_catalog.definitions.schemas.quantities import shown_decimal
from app_catalog.definitions.schemas.records import MAX_ROWS
from app_catalog.installations.durations_form import split_duration, unit_options
from app_runtime.naming.choosing import suggest_address
from app_runtime.pages.conditions import conditional
from app_runtime.photos.uploads import KeptFile
from app_runtime.records.answers import Asked
from app_runtime.records.areas import grouped
from app_runtime.records.form_rows import row_numbers
from app_runtime.records.options import field_options
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import current_language, pick, t
from lumbung.messages.services import channel_available
from tenants.regions.groups import AreaGroup

Errors = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form: texts by name of control (`reporter.email`, `place.lon`), and files kept so far."""

    texts: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Sequence[KeptFile]] = field(default_factory=dict)
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """All that was sent under a name, where several may be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control. `options` are those of `radio_cards`; `kept` the files that need not be chosen again."""

    name: str
    type: str
    label: str
    help: str = ""
    optional: bool = True
    value: str = ""
    values: Sequence[str] = ()
    unit: str = ""
    error: Sequence[str] = ()
    options: Sequence[Mapping[str, Any]] = ()
    max: int | None = None
    accept: str = ""
    max_count: int | None = None
    max_mb: int | None = None
    kept: Sequence[KeptFile] = ()
    members: Sequence[Control] = ()
    rows: Sequence[Sequence[Control]] = ()
    """The rows of a list, an empty one last."""
    blank: Sequence[Control] = ()
    """A row whose number is `__n__`, for a script to add."""
    lon: str = ""
    lat: str = ""
    landmark: str = ""
    conditional: bool = False
    """Asked for by other answers; `off` when they hide it now, `needed` when they demand it."""
    off: bool = False
    needed: bool = False
    suggest: str = ""
    """Where what may be named is suggested while somebody types."""
    groups: Sequence[AreaGroup] = ()
    """The municipality's districts and villages, where an area is chosen among them."""

    @property
    def units(self) -> list[tuple[str, str]]:
        """What a length of time may be counted in."""
        return unit_options()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Value and label of each option."""
        return [(option["value"], option["label"]) for option in self.options]


def controls(
    app: RunningApp, fields: Iterable[Field], typed: Typed, errors: Errors, asked: Asked | None = None
) -> list[Control]:
    """The controls of these fields in their order; `asked` is what the answers so far make of their conditions."""
    return [control(app, spec, typed, errors, asked=asked) for spec in fields]


def control(
    app: RunningApp, spec: Field, typed: Typed, errors: Errors, *, prefix: str = "", asked: Asked | None = None
) -> Control:
    """The control of one field; `prefix` is that of its group."""
    name = f"{prefix}{spec.id}"
    return Control(
        name=name,
        type=spec.type,
        label=pick(spec.label),
        help=_help(spec),
        # What is asked for only sometimes must not be demanded by the browser.
        optional=spec.required == "no" or spec.visible_when is not None,
        value=typed.texts.get(name, _default(spec)),
        values=typed.chosen.get(name, ()) if typed.texts else _defaults(spec),
        unit=typed.texts.get(f"{name}.unit", split_duration(spec.default)[1] if spec.type == "duration" else ""),
        error=errors.get(name, ()),
        options=_options(app, spec),
        max=spec.max if spec.type in ("text", "long_text", "markdown") else None,
        accept=",".join(spec.accept),
        max_count=spec.max_count,
        max_mb=round(spec.max_size / 1_048_576) or 1 if spec.max_size else None,
        kept=typed.kept.get(name, ()),
        members=_row(app, spec, typed, errors, f"{name}.", asked) if spec.type == "group" else (),
        rows=_rows(app, spec, typed, errors, name) if spec.type == "list" else (),
        blank=_row(app, spec, Typed(), {}, f"{name}.__n__.") if spec.type == "list" else (),
        lon=typed.texts.get(f"{name}.lon", ""),
        lat=typed.texts.get(f"{name}.lat", ""),
        landmark=typed.texts.get(f"{name}.text", ""),
        conditional=asked is not None and conditional(spec),
        off=asked is not None and name in asked.hidden,
        needed=asked is not None and name in asked.needed,
        suggest=suggest_address(app, spec),
        groups=grouped(app, spec, typed.texts.get(name)),
    )


def _row(
    app: RunningApp, spec: Field, typed: Typed, errors: Errors, prefix: str, asked: Asked | None = None
) -> list[Control]:
    return [control(app, member, typed, errors, prefix=prefix, asked=asked) for member in spec.fields.values()]


def _rows(app: RunningApp, spec: Field, typed: Typed, errors: Errors, name: str) -> list[list[Control]]:
    numbers = row_numbers(typed.texts, name)
    if len(numbers) < (spec.max or MAX_ROWS):
        numbers.append(numbers[-1] + 1 if numbers else 0)
    return [_row(app, spec, typed, errors, f"{name}.{number}.") for number in numbers]


def labels_of(fields: Iterable[Field], prefix: str = "") -> dict[str, str]:
    """Labels by name of control, members of groups too."""
    found: dict[str, str] = {}
    for spec in fields:
        found[f"{prefix}{spec.id}"] = pick(spec.label)
        found |= labels_of(spec.fields.values(), f"{prefix}{spec.id}.")
    return found


def _options(app: RunningApp, spec: Field) -> list[dict[str, Any]]:
    if spec.type == "area":
        return []
    return [
        {
            "value": option.id,
            "label": option.label,
            "notice": option.stop,
            "icon": "alert-triangle" if option.stop else None,
        }
        for option in field_options(app, spec)
    ]


def _help(spec: Field) -> str:
    """The package's help; but it cannot know whether mail can be sent here, and nobody is promised what cannot be."""
    if spec.type == "email" and not channel_available("email"):
        return t(
            "Portal ini belum mengirim email; petugas dapat menghubungi Anda di alamat ini.",
            "This portal does not send e-mail yet; officials can reach you at this address.",
        )
    return pick(spec.help)


def _default(spec: Field) -> str:
    if spec.default is None or spec.type in SEVERAL:
        return ""
    if spec.type == "duration":
        return split_duration(str(spec.default))[0]
    return shown_decimal(spec.default, current_language()) if spec.type == "decimal" else str(spec.default)


def _defaults(spec: Field) -> Sequence[str]:
    return tuple(spec.default or ()) if spec.type in SEVERAL else ()
