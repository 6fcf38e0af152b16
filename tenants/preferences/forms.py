"""What people fill in about notifications."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import time

from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.messages import KINDS, Channel, MessageKind
from tenants.preferences.choices import Wanted
from tenants.preferences.quiet import Quiet

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def read_wanted(chosen: Collection[str]) -> list[Wanted]:
    """The ticked boxes `<kind>.<channel>`; anything unknown is passed over."""
    found = []
    for kind in KINDS:
        found += [(kind, channel) for channel in Channel if f"{kind}.{channel}" in chosen]
    return found


def read_hours(form: Mapping[str, str]) -> Quiet:
    """Quiet hours from a form. Raises Invalid with the fields that cannot be read."""
    on, errors = form.get("on") == "1", {}
    parts = {}
    for name, default in (("begins", Quiet.begins), ("ends", Quiet.ends)):
        typed = form.get(name, "").strip()
        found = _TIME.fullmatch(typed)
        if found is None and (on or typed):
            errors[name] = [t("Tulis jam seperti 21.00.", "Write a time like 21:00.")]
        parts[name] = time(int(found[1]), int(found[2])) if found else default
    if not errors and parts["begins"] == parts["ends"]:
        errors["ends"] = [t("Jam mulai dan selesai sama.", "It begins and ends at the same time.")]
    if errors:
        raise Invalid(fields=errors)
    return Quiet(on, parts["begins"], parts["ends"], form.get("working_days") == "1")


def kind_name(kind: MessageKind) -> str:
    """The name of a kind in the reader's language."""
    return str(KINDS[kind].label)
