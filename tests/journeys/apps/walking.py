"""What people do with any app that comes along: fill in its forms, take its actions, read what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app_catalog.definitions.source import load_folder
from app_catalog.installations.models import Installation
from tests.journeys.conftest import ROOT, Person, Served
from tests.small_app import enable_small

Said = str | bool | Path
"""What somebody gives for a field: words or the value of a choice, a tick, or a file."""


def enable_bundled(served: Served, slug: str, roles: Iterable[tuple[str, str]], **settings: Any) -> Installation:
    """An app of this repository, published and enabled in Tangsel with these settings and people."""
    files = dict(load_folder(ROOT / "apps" / slug).files)
    return enable_small(served.session, served.world, files, roles=roles, **settings)


def fill_in(person: Person, values: Mapping[str, Said]) -> None:
    """Fill in the form that is open, field by field; goes on to its next step where a field is not on this one."""
    for name, said in values.items():
        controls = person.page.locator(f"main [name='{name}']:not([type=hidden])")
        if not controls.count():
            go_on(person)
        controls.first.wait_for(state="attached")
        kind = controls.first.get_attribute("type")
        if isinstance(said, Path):
            controls.first.set_input_files(said)
        elif kind in ("radio", "checkbox"):
            one = (
                person.page.locator(f"main [name='{name}'][value='{said}']")
                if isinstance(said, str)
                else controls.first
            )
            one.check()
        elif controls.first.evaluate("e => e.tagName") == "SELECT":
            controls.first.select_option(str(said))
        else:
            controls.first.fill(str(said))


def go_on(person: Person) -> None:
    """To the next step of a form that is asked for page by page."""
    with person.page.expect_navigation():
        person.page.get_by_role("button", name="Lanjut", exact=True).click()


def take(official: Person, action: str, values: Mapping[str, Said] | None = None) -> None:
    """Take an action on the record that is open at work, from its form."""
    card = official.page.locator(f"#action-{action}")
    card.wait_for()
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    fill_in(official, {f"{action}.{name}": said for name, said in (values or {}).items()})
    with official.page.expect_navigation():
        card.locator("button[type=submit]").click()
    official.page.get_by_text("Tersimpan:").wait_for()


def choose_first(person: Person, title: str) -> None:
    """Open the first row of a list or of the inbox that names this."""
    person.page.locator("main .lb-row").filter(has_text=title).get_by_role("link").first.click()
