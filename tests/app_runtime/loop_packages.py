"""The versions of SIARAN in the whole loop, and how records go from one to another."""

from __future__ import annotations

from collections.abc import Callable

from app_runtime.upgrades.mapping import Mapping
from tests.next_siaran import changed_siaran, next_siaran

COST = "  cost: {type: money, visible_to: [handler, dispatcher], label"
TEAM = "  team: {type: text, max: 40, required: true, label: {id: Regu, en: Team}}\n"
PACKAGES: dict[str, Callable[[], bytes]] = {
    "0.9.1": lambda: changed_siaran({}, "0.9.1"),
    "0.10.0": lambda: next_siaran("0.10.0"),
    "0.11.0": lambda: changed_siaran(
        {
            "records/report.yaml": [
                (COST, "  cost: {type: text, max: 40, visible_to: [handler, dispatcher], label"),
                ("  reason: {type: text", f"{TEAM}  reason: {{type: text"),
            ],
            "pages/report.yaml": [("[category, title,", "[category, title, team,")],
        },
        "0.11.0",
        renamed={"scenarios/": "", "examples/": ""},
    ),
}
CHANNELS = {"0.9.1": "stable", "0.10.0": "stable", "0.11.0": "beta"}


def price_field(version: str) -> str:
    """What the price is called."""
    return "expense" if version == "0.10.0" else "cost"


def mapping_between(before: str, after: str) -> Mapping:
    """The answers of whoever moves records: nothing is left open."""
    fields: dict[str, str | None] = {}
    if price_field(before) != price_field(after) or "0.11.0" in (before, after):
        # A text becomes no number.
        fields[price_field(before)] = None if before == "0.11.0" else price_field(after)
    if before == "0.11.0":
        fields["team"] = None
    return Mapping(
        states={"waiting": "assigned"} if after == "0.10.0" else {},
        fields=fields,
        values={"team": "Regu Barat"} if after == "0.11.0" else {},
    )


ARCHIVES = {version: make() for version, make in PACKAGES.items()}
