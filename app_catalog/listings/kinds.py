"""What kinds of listings there are, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass

from lumbung.i18n import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of listing: its name, icon, what its address is, and what publiccode.yml calls it."""

    name: Text
    icon: str
    action: Text
    software_type: str
    platform: str


KINDS: dict[str, Kind] = {
    "website": Kind(
        name=Text("Situs web", "Website"),
        icon="world",
        action=Text("Buka situs", "Open the site"),
        software_type="standalone/web",
        platform="web",
    ),
    "hosted": Kind(
        name=Text("Aplikasi di server lain", "App hosted elsewhere"),
        icon="server",
        action=Text("Buka aplikasi", "Open the app"),
        software_type="standalone/web",
        platform="web",
    ),
    "android": Kind(
        name=Text("Aplikasi Android", "Android app"),
        icon="brand-android",
        action=Text("Buka halaman unduhan", "Open its download page"),
        software_type="standalone/mobile",
        platform="android",
    ),
    "ios": Kind(
        name=Text("Aplikasi iPhone", "iPhone app"),
        icon="brand-apple",
        action=Text("Buka halaman unduhan", "Open its download page"),
        software_type="standalone/mobile",
        platform="ios",
    ),
    "desktop": Kind(
        name=Text("Program komputer", "Desktop program"),
        icon="device-desktop",
        action=Text("Buka halamannya", "Open its page"),
        software_type="standalone/desktop",
        platform="windows",
    ),
}
STAGES: dict[str, Text] = {
    "stable": Text("Dipakai", "In use"),
    "beta": Text("Uji coba", "On trial"),
    "development": Text("Sedang dibuat", "Being made"),
    "concept": Text("Baru gagasan", "An idea so far"),
    "obsolete": Text("Tidak dipakai lagi", "No longer in use"),
}
"""The development states of publiccode.yml, as people say them."""


def kind_of(software_type: str, platforms: list[str]) -> str:
    """The kind of listing that a publiccode.yml describes."""
    known = {platform.lower() for platform in platforms}
    on_phones = bool(known) and known <= {"android", "ios"}
    if software_type == "standalone/mobile" or on_phones:
        return "ios" if "ios" in known and "android" not in known else "android"
    return "desktop" if software_type == "standalone/desktop" else "hosted"
