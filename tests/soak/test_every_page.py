"""Every kind of page of the demonstration, as everybody who may see it, on a phone and on a desk, in both languages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app_runtime.demonstration.script import PASSWORD
from lumbung.postgres.cluster import EmbeddedCluster
from tests.journeys.conftest import SHOTS, chromium
from tests.lumbung.supervisor.running import unused_port
from tests.proofs.walking import Walker, walk

__all__ = ["chromium"]
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = {
    "anybody": ("", ""),
    "anybody on a portal": ("tangsel", ""),
    "operator": ("", "operator@lumbung.example.org"),
    "publisher": ("", "dewi@tangsel.example.org"),
    "citizen": ("tangsel", "warga@example.org"),
    "administrator": ("tangsel", "dewi@tangsel.example.org"),
    "officer": ("tangsel", "sari@tangsel.example.org"),
    "evaluator": ("surabaya", "bagus@surabaya.example.org"),
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of what `make run` starts, with its demonstration."""
    instance, port = tmp_path_factory.mktemp("walked") / "instance", unused_port()
    env = {key: value for key, value in os.environ.items() if "DATABASE_URL" not in key and key != "BASE_URL"}
    env |= {"PORT": str(port), "LUMBUNG_INSTANCE": str(instance)}
    with subprocess.Popen(
        [Path(sys.executable).parent / "lumbung", "run"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert any("sign-ins" in line for line in running.stdout), "the demonstration did not start"
        yield f"http://localhost:{port}"
        running.send_signal(signal.SIGINT)
    EmbeddedCluster(instance).destroy()


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_whole_for_who_may_see_it(
    chromium: Browser, hub: str, who: str, proved: Callable[[str], None]
) -> None:
    slug, email = PEOPLE[who]
    start = hub.replace("//", f"//{slug}.") if slug else hub
    walker = Walker(start=f"{start}/", hub=hub, email=email, password=PASSWORD)
    pages, faults = set[str](), list[str]()
    pictures = SHOTS / "every-page" / who.replace(" ", "-")
    pictures.mkdir(parents=True, exist_ok=True)
    for screen, language in (("phone", "id"), ("desk", "en")):
        found = walk(chromium, walker, screen=screen, language=language, pictures=pictures)
        pages.update(found.pages)
        faults += [f"{screen}, {language}: {fault}" for fault in found.faults]
    assert faults == [], "\n".join(faults)
    assert len(pages) > 3
    proved(f"{who}: {len(pages)} kinds of pages on a phone in Indonesian and on a desk in English: all whole.")
