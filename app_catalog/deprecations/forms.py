"""What a publisher fills in to end the support of a version or an app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app_catalog.deprecations.mappings import LONGEST, is_short, read_mapping
from app_catalog.deprecations.services import LONGEST_REASON, Announced
from lumbung.errors import Invalid
from lumbung.i18n import t
from tenants.answers import Answers


def read_announced(form: Mapping[str, str]) -> Announced:
    """What was filled in. Raises Invalid with every mistake."""
    answers = Answers(form)
    reason = answers.text("reason", most=LONGEST_REASON, lines=True)
    until = answers.day("until")
    mapping: dict[str, Any] = {}
    try:
        mapping = read_mapping(form.get("mapping", ""))
    except Invalid as error:
        answers.errors.update({name: list(texts) for name, texts in error.fields.items()})
    answers.require_valid()
    assert until is not None
    return Announced(
        reason,
        until,
        form.get("successor_version", "").strip()[:100],
        form.get("successor_app", "").strip().lower()[:100],
        mapping,
    )


def read_announced_json(body: object) -> Announced:
    """The same from the API's body: `reason`, `until`, and `successor_version` (with `mapping`) or `successor_app`.

    Raises Invalid with every mistake.
    """
    document: dict[str, Any] = body if isinstance(body, dict) else {}
    errors: dict[str, list[str]] = {}
    texts = {name: document.get(name, "") for name in ("reason", "successor_version", "successor_app")}
    for name, value in texts.items():
        if not isinstance(value, str):
            errors[name] = [t("Tulis sebuah teks.", "Write a text.")]
    mapping = document.get("mapping", {})
    if not isinstance(mapping, dict):
        errors["mapping"] = [t("Tulis objek JSON.", "Write a JSON object.")]
    elif not is_short(mapping):
        # Whatever shows the app reads it.
        errors["mapping"] = [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST)]
    try:
        until = date.fromisoformat(str(document.get("until", "")))
    except ValueError:
        until = date.min
        errors["until"] = [t("Tulis tanggal seperti 2027-03-31.", "Write a day such as 2027-03-31.")]
    if errors:
        raise Invalid(fields=errors)
    return Announced(texts["reason"], until, texts["successor_version"], texts["successor_app"].lower(), mapping)
