"""A municipality's own colours, kept readable."""

from __future__ import annotations

import re

from lumbung.web.sites import Site

DEFAULT_BRAND = "#1f6b4a"
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")


def is_colour(value: str) -> bool:
    """Whether `value` is a colour written `#rrggbb`."""
    return bool(_HEX.match(value))


def brand_css(site: Site) -> str:
    """Custom properties made from one colour: darkened until white text on it has a contrast of 4.5 (WCAG 1.4.3)."""
    chosen = site.tenant.colours.get("brand", DEFAULT_BRAND) if site.tenant else DEFAULT_BRAND
    rgb = _parse(chosen if is_colour(chosen) else DEFAULT_BRAND)
    while contrast_with_white(rgb) < 4.5:
        rgb = _mix(rgb, (0, 0, 0), 0.08)
    strong = _mix(rgb, (0, 0, 0), 0.25)
    soft = _mix(rgb, (255, 255, 255), 0.9)
    return (
        f":root{{--brand:{_hex(rgb)};--brand-rgb:{rgb[0]},{rgb[1]},{rgb[2]};--brand-strong:{_hex(strong)};"
        f"--brand-ink:#ffffff;--brand-soft:{_hex(soft)}}}\n"
    )


def contrast_with_white(rgb: tuple[int, int, int]) -> float:
    """Contrast ratio of white text on this colour, by WCAG 2.2."""
    channels = [value / 255 for value in rgb]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return float(1.05 / (luminance + 0.05))


def _parse(value: str) -> tuple[int, int, int]:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def _mix(a: tuple[int, int, int], b: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    mixed = [round(x * (1 - share) + y * share) for x, y in zip(a, b, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def _hex(rgb: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{value:02x}" for value in rgb)
