"""What a template sees, and the line that gives it to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from lumbung.typesetting import qr_picture

NAMES = ("language", "record", "values", "municipality", "agency", "signer", "settings", "verify_url", "issued")
"""What a template may name, beside the picture ``qr``."""

_BINDINGS = ", ".join((*NAMES, "qr"))
_VALUES = ", ".join(f"d.{name}" for name in NAMES)
PRELUDE = (
    f"#let ({_BINDINGS}) = {{ let d = json(bytes(sys.inputs.content)); "
    f'({_VALUES}, image(bytes(d.qr), format: "svg", width: 2.4cm, alt: d.verify_url)) }}; '
    "#set text(lang: language, region: none); #set document(title: issued.name)\n"
)
"""One line before the template, so that its lines are one further down."""
BUILT_IN = ("number", "title", "state", "agency", "assignee", "created_at", "closed_at", "due")
"""What ``record`` has beside its fields, as texts."""

EXAMPLE_URL = "https://kota.example.id/verify/0000-0000-0000-0"


def document_content(
    *,
    record: Mapping[str, Any],
    values: Mapping[str, Any],
    municipality: Mapping[str, str],
    agency: Mapping[str, str],
    signer: Mapping[str, str],
    settings: Mapping[str, Any],
    verify_url: str,
    issued: Mapping[str, str],
) -> dict[str, Any]:
    """All that a template sees, ready for JSON."""
    return {
        "language": "id",
        "record": {**dict.fromkeys(BUILT_IN, ""), **record},
        "values": dict(values),
        "municipality": dict(municipality),
        "agency": dict(agency),
        "signer": dict(signer),
        "settings": {name: _in_indonesian(value) for name, value in settings.items()},
        "verify_url": verify_url,
        "issued": dict(issued),
        "qr": qr_picture(verify_url),
    }


def _in_indonesian(value: Any) -> Any:
    """A setting without its other languages, at any depth: documents are Indonesian."""
    if not isinstance(value, Mapping):
        return value
    if "id" in value and all(len(key) == 2 and isinstance(text, str) for key, text in value.items()):
        return value["id"]
    return {key: _in_indonesian(part) for key, part in value.items()}


def example_content(
    fields: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any], settings: Mapping[str, Any], *, name: str
) -> dict[str, Any]:
    """What a template would see of a made-up record: ``fields`` by id as the canonical form has them."""
    return document_content(
        record={
            **dict.fromkeys(BUILT_IN, "Contoh"),
            **{field: _example(spec, values.get(field)) for field, spec in fields.items()},
        },
        values={field: values.get(field) for field in fields},
        municipality={"name": "Kota Contoh", "url": "https://kota.example.id"},
        agency={"name": "Dinas Contoh"},
        signer={"name": "Siti Contoh", "position": "Kepala Dinas", "agency": "Dinas Contoh"},
        settings=settings,
        verify_url=EXAMPLE_URL,
        issued={"name": name, "number": "001/CONTOH/2026", "date": "5 Januari 2026", "code": EXAMPLE_URL[-15:]},
    )


def _example(spec: Mapping[str, Any], value: Any) -> Any:
    kind = spec.get("type")
    if kind == "boolean":
        return bool(value)
    if kind == "files":
        return len(value or ())
    if kind in ("choices", "agencies", "persons"):
        return [str(one) for one in value or ()]
    if kind == "group":
        given = value if isinstance(value, Mapping) else {}
        return {member: _example(own, given.get(member)) for member, own in spec.get("fields", {}).items()}
    if kind == "list":
        return [_row(spec, row) for row in _rows(value)]
    return "" if value is None else str(value)


def _row(spec: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {member: _example(own, row.get(member)) for member, own in spec.get("fields", {}).items()}


def _rows(value: Any) -> Iterable[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else ()
