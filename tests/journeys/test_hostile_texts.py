"""An app and a municipality whose every text is an attack: a real browser shows the texts, and runs none of them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Dialog, Page

from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_folder
from app_catalog.installations.services import enable_app
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from app_catalog.reviews.services import write_review
from app_runtime.records.actors import actor_for
from app_runtime.records.creating import create_record
from lumbung.db import as_tenant
from lumbung.files import store_photo
from lumbung.web.access import ANONYMOUS, Visitor
from tests.app_runtime.photos import make_photo
from tests.journeys.conftest import Person, Served
from tests.siaran import AGENCIES, SIARAN, add_publisher

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("screen", ["desk"], indirect=True)]

HURTS = "window.hurt=1"
ATTACKS = [
    f"<script data-hurt>{HURTS}</script>",
    f'"><img data-hurt src=x onerror="{HURTS}">',
    f"'><svg data-hurt onload={HURTS}>",
    f"</title></textarea></option></script><script data-hurt>{HURTS}</script>",
    f'" data-hurt autofocus onfocus="{HURTS}" x="',
    f"' data-hurt onmouseover='{HURTS}' x='",
    f"<a data-hurt href=javascript:{HURTS}>klik</a>",
    f"--><iframe data-hurt srcdoc='<script>parent.{HURTS}</script>'>",
    f"{{{{ 7191*7 }}}}{{% raw %}}${{{HURTS}}}`);{HURTS}//",
    f"\\u003cscript data-hurt\\u003e{HURTS}\\u003c/script\\u003e<base data-hurt href=//evil.test/>",
    f"javascript:{HURTS}//<details data-hurt open ontoggle={HURTS}>",
    f"<form data-hurt action=//evil.test><button formaction=javascript:{HURTS}>",
]
BY_LANGUAGE = re.compile(r'\{id: (?:"[^"]*"|[^,{}"]+), en: (?:"[^"]*"|[^,{}"]+)\}')
MOST_PAGES = 24
FOUND = """() => ({
  hurt: window.hurt === undefined ? 0 : 1,
  marked: [...document.querySelectorAll('[data-hurt]')].map(e => e.outerHTML.slice(0, 200)),
  handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name)))
    .map(e => e.outerHTML.slice(0, 200)),
  links: [...document.querySelectorAll('a[href^="javascript:" i], [action^="//"], base, iframe[srcdoc]')]
    .map(e => e.outerHTML.slice(0, 200)),
  counted: document.documentElement.outerHTML.includes(String(7191 * 7)),
  shown: document.documentElement.textContent.includes('window.hurt'),
})"""


def attack(number: int) -> str:
    """One of the attacks."""
    return ATTACKS[number % len(ATTACKS)]


def hostile_siaran(folder: Path) -> Path:
    """SIARAN with an attack in the place of every text in two languages."""
    copy = folder / "siaran"
    shutil.copytree(SIARAN, copy)
    count = 0

    def hurt(_: re.Match[str]) -> str:
        nonlocal count
        count += 2
        return f"{{id: {json.dumps(attack(count))}, en: {json.dumps(attack(count + 1))}}}"

    for file in [copy / "app.yaml", *copy.glob("records/*.yaml"), *copy.glob("pages/*.yaml")]:
        file.write_text(BY_LANGUAGE.sub(hurt, file.read_text("utf-8")).replace("max: 60,", "max: 300,"), "utf-8")
    assert count > 150
    (copy / "CHANGELOG.md").write_text("# 0.9.0\n\n" + "\n\n".join(ATTACKS), "utf-8")
    assert check_package(load_folder(copy)).errors == ()
    return copy


def stage(served: Served, folder: Path) -> None:
    """Everything that people and packages may name, named so."""
    session, place = served.session, served.world.surabaya
    publisher = add_publisher(session, served.world)
    publisher.name = attack(1)
    release = publish_folder(session, publisher, hostile_siaran(folder))
    assert isinstance(release, Release), release
    place.municipality.name = attack(0)
    for number, account in enumerate(place.accounts.values()):
        account.name = attack(number)
    with as_tenant(session, place.id):
        for number, agency in enumerate(place.agencies.values()):
            agency.name, agency.short_name = attack(number + 2), attack(number + 3)[:40]
        for number, member in enumerate(place.members.values()):
            member.name = member.position = attack(number + 4)
        app = session.get_one(App, release.app_id)
        overrides = {"categories": AGENCIES, "publish": "at_once"}
        installation = enable_app(session, app=app, release=release, overrides=overrides)
        installation.own_name = {"id": attack(3), "en": attack(4)}
        for number in range(len(ATTACKS)):
            photo = store_photo(session, make_photo(), name=attack(number))
            values = {
                "title": attack(number)[:120],
                "description": attack(number + 1),
                "category": "street-light",
                "place": [112.74, -7.26],
                "photos": [str(photo.id)],
            }
            create_record(session, installation, actor_for(session, ANONYMOUS, installation), "report", values)
        admin = place.members["admin"]
        visitor = Visitor(account_id=admin.account_id, name=admin.name, membership_id=admin.id,
                          roles=frozenset({"official", "tenant_admin"}))  # fmt: skip
        write_review(session, visitor, installation, stars=3, words=" ".join(ATTACKS)[:900])
        session.commit()


def watch(page: Page, faults: list[str]) -> None:
    """Note every dialog that a page opens."""

    def noted(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", noted)


def walk(page: Page, starts: list[str], faults: list[str]) -> tuple[int, int]:
    """Follow every link from the starts on; how many pages were seen, and how many showed an attack as text."""
    waiting, seen, shown = list(starts), set(starts), 0
    visited = 0
    while waiting and visited < MOST_PAGES:
        target = waiting.pop(0)
        answer = page.goto(target, wait_until="load")
        visited += 1
        found = page.evaluate(FOUND)
        shown += found.pop("shown")
        faults += [f"{target}: {name} {what}" for name, what in found.items() if what]
        assert answer is not None
        if answer.status >= 500:
            faults.append(f"{target}: {answer.status}")
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
            there = urljoin(target, link).split("#")[0]
            path = urlsplit(there)
            # One page of each kind is enough, and none that leaves or downloads.
            shape = path.netloc + re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", path.path)
            if path.netloc in page_hosts(starts) and shape not in seen and "." not in path.path.rsplit("/", 1)[-1]:
                seen.add(shape)
                if "sign-out" not in there and "/docs/" not in there and "photos" not in there:
                    waiting.append(there)
    return visited, shown


def page_hosts(starts: list[str]) -> set[str]:
    """The hosts of these addresses."""
    return {urlsplit(start).netloc for start in starts}


def test_no_text_of_a_package_or_a_person_runs(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    stage(served, tmp_path)
    portal, faults = served.portal("surabaya"), list[str]()
    citizen = person()
    watch(citizen.page, faults)
    starts = [served.address + "/", f"{portal}/", f"{portal}/siaran/report", f"{served.address}/apps/siaran"]
    visited, shown = walk(citizen.page, starts, faults)
    assert (visited > 12, shown > 8) == (True, True), (visited, shown)

    admin = person()
    watch(admin.page, faults)
    admin.sign_in(served.world.surabaya.accounts["admin"], to=f"{portal}/manage")
    starts = [f"{portal}/manage", f"{portal}/work", f"{portal}/manage/apps/siaran", f"{portal}/manage/agencies"]
    visited, shown = walk(admin.page, starts, faults)
    assert (visited > 12, shown > 8) == (True, True), (visited, shown)
    assert faults == []


def test_an_attack_that_is_let_in_is_seen(person: Callable[..., Person]) -> None:
    page = person().page
    page.set_content(ATTACKS[0] + ATTACKS[8])
    found = page.evaluate(FOUND)
    assert (found["hurt"], len(found["marked"]), found["counted"]) == (1, 1, False)
    page.set_content(f"<p onclick='{HURTS}'>{7191 * 7}</p>")
    found = page.evaluate(FOUND)
    assert (len(found["handlers"]), found["counted"]) == (1, True)
