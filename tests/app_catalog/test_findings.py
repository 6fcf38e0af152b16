"""What is found at submission, and which releases wait for a curator because of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.installations.services import enable_app
from app_catalog.publishers.models import Publisher
from app_catalog.releases import platform
from app_catalog.releases.changelogs import languages_of, section_of
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.shelves import approve_release, send_back_release
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import submit_package
from lumbung.db import as_tenant
from lumbung.errors import Conflict
from lumbung.messages import list_messages
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_files, siaran_zip
from tests.siaran import AGENCIES
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher."""
    return approved_publisher(session, world.tangsel.accounts["admin"])


@pytest.fixture
def approving_all(app: LumbungFlask) -> Iterator[None]:
    """A platform whose curators see every release."""
    before = app.lumbung
    app.lumbung = dataclasses.replace(before, release_approval="always")
    yield
    app.lumbung = before


def _submit(session: Db, publisher: Publisher, archive: bytes, *, by_operator: bool = False) -> Release:
    release = submit_package(session, publisher, archive, by_operator=by_operator)
    assert isinstance(release, Release), [problem.format("en") for problem in release.report.errors]
    return release


def _kind(session: Db, release: Release) -> str:
    event = newest_event(session, release.id)
    assert event is not None
    return event.kind


def _codes(release: Release) -> dict[str, str]:
    return {finding["code"]: finding["severity"] for finding in release.report["findings"]}


def _changed(version: str, changelog: str = "", **replaced: tuple[str, str]) -> bytes:
    """SIARAN with texts replaced by file (dots for slashes are not needed: `app` is app.yaml)."""
    files = siaran_files(version=version)
    for name, (old, new) in replaced.items():
        path = {"app": "app.yaml"}[name]
        assert old.encode() in files[path]
        files[path] = files[path].replace(old.encode(), new.encode(), 1)
    if changelog:
        files["CHANGELOG.md"] = changelog.encode()
    return write_members(files)


def test_the_first_release_waits_and_the_next_is_published_at_once(session: Db, publisher: Publisher) -> None:
    first = _submit(session, publisher, siaran_zip())
    assert _kind(session, first) == "submitted"
    assert _codes(first) == {"first-release": "review"}
    another = _submit(session, publisher, siaran_zip(version="0.9.1"))
    assert "first-release" in _codes(another)
    approve_release(session, first.id, account_id=None)
    later = _submit(session, publisher, siaran_zip(version="0.9.2"))
    assert _kind(session, later) == "published"
    assert _codes(later) == {"changelog-silent": "warning"}


def test_what_the_operator_installs_is_published_at_once(session: Db, publisher: Publisher) -> None:
    assert _kind(session, _submit(session, publisher, siaran_zip(), by_operator=True)) == "published"


@pytest.mark.usefixtures("approving_all")
def test_every_release_waits_where_the_platform_says_so(session: Db, publisher: Publisher) -> None:
    _submit(session, publisher, siaran_zip(), by_operator=True)
    later = _submit(session, publisher, siaran_zip(version="0.9.1"))
    assert _kind(session, later) == "submitted"
    assert _codes(later)["every-release"] == "review"


def test_a_version_that_rises_by_too_little_is_looked_at(session: Db, publisher: Publisher) -> None:
    _submit(session, publisher, siaran_zip(version="1.0.0"), by_operator=True)
    shorter = ("    default: PT48H\n", "    default: PT24H\n")
    patch = _submit(session, publisher, _changed("1.0.1", app=shorter))
    assert _kind(session, patch) == "submitted"
    finding = next(found for found in patch.report["findings"] if found["code"] == "version-too-small")
    assert "1.1.0" in finding["remedy"]["en"]
    assert finding["line"] > 1
    minor = _submit(session, publisher, _changed("1.1.0", app=shorter))
    assert _kind(session, minor) == "published"


@pytest.mark.parametrize("taken", ["compare", "manage", "work", "live"])
def test_an_app_cannot_have_the_name_of_a_page_of_the_platform(session: Db, publisher: Publisher, taken: str) -> None:
    refused = submit_package(session, publisher, siaran_zip(id=taken))
    assert isinstance(refused, PackageRefused)
    assert [(one.code, one.path) for one in refused.report.errors] == [("id-reserved", "id")]
    assert session.scalars(select(App)).all() == []


def test_a_version_behind_its_line_is_refused_and_an_older_line_goes_on(session: Db, publisher: Publisher) -> None:
    for version in ("1.0.0", "1.1.3"):
        _submit(session, publisher, siaran_zip(version=version), by_operator=True)
    refused = submit_package(session, publisher, siaran_zip(version="1.1.2"))
    assert isinstance(refused, PackageRefused)
    (problem,) = refused.report.errors
    # Which of two versions is the newer one is not said by what was built when (SemVer 2.0, section 10).
    same = submit_package(session, publisher, siaran_zip(version="1.1.3+build.2"))
    assert isinstance(same, PackageRefused)
    assert [one.code for one in same.report.errors] == ["version-behind"]
    assert (problem.code, problem.file) == ("version-behind", "app.yaml")
    assert "1.1.4" in problem.remedy.text("en")
    assert _kind(session, _submit(session, publisher, siaran_zip(version="1.0.1"))) == "published"


def test_a_package_for_another_lumbung_is_refused(session: Db, publisher: Publisher) -> None:
    refused = submit_package(session, publisher, _changed("0.9.0", app=('lumbung: ">=0.1,<2"', 'lumbung: ">=7"')))
    assert isinstance(refused, PackageRefused)
    (problem,) = refused.report.errors
    assert problem.code == "platform-out-of-range"
    assert ">=7" in problem.message.text("id")


def test_a_release_for_another_lumbung_is_not_enabled(
    session: Db, world: World, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = _submit(session, publisher, siaran_zip(), by_operator=True)
    monkeypatch.setattr(platform, "VERSION", "9.0.0")
    with as_tenant(session, world.tangsel.id), pytest.raises(Conflict, match=r"9\.0\.0"):
        enable_app(
            session, app=session.get_one(App, release.app_id), release=release, overrides={"categories": AGENCIES}
        )


def test_a_release_that_waits_is_not_enabled(session: Db, world: World, publisher: Publisher) -> None:
    release = _submit(session, publisher, siaran_zip())
    with as_tenant(session, world.tangsel.id), pytest.raises(Conflict):
        enable_app(
            session, app=session.get_one(App, release.app_id), release=release, overrides={"categories": AGENCIES}
        )


def test_changed_personal_data_is_looked_at(session: Db, publisher: Publisher) -> None:
    _submit(session, publisher, siaran_zip(), by_operator=True)
    later = _submit(session, publisher, _changed("0.10.0", app=("retention: P2Y", "retention: P9Y")))
    assert _kind(session, later) == "submitted"
    assert _codes(later)["personal-data-changed"] == "review"


@pytest.mark.parametrize(
    ("changelog", "codes"),
    [
        ("## 0.9.1\n### Bahasa Indonesia\n- A\n### English\n- B\n", {}),
        ("## 0.9.1\n### Bahasa Indonesia\n- A\n### English\n", {"changelog-language": "warning"}),
        ("## 0.9.1\n- A\n", {"changelog-language": "warning"}),
        ("## 0.9.10\n### Bahasa Indonesia\n- A\n### English\n- B\n", {"changelog-silent": "warning"}),
        ("```\n## 0.9.1\n```\n", {"changelog-silent": "warning"}),
    ],
)
def test_a_changelog_has_to_say_something_in_both_languages(
    session: Db, publisher: Publisher, changelog: str, codes: dict[str, str]
) -> None:
    _submit(session, publisher, siaran_zip(), by_operator=True)
    later = _submit(session, publisher, _changed("0.9.1", changelog))
    assert _codes(later) == codes
    assert _kind(session, later) == "published"


def test_the_section_of_a_version_ends_with_the_next_version() -> None:
    text = "# Perubahan\n## v1.1.0 (2026-02-01)\n### English\n- New\n## 1.0.0\n### Bahasa Indonesia\n- Lama\n"
    section = section_of(text, "1.1.0")
    assert section == ["### English", "- New"]
    assert languages_of(section) == {"en"}


def test_the_maintainers_are_told_what_was_decided_each_in_their_language(
    session: Db, world: World, publisher: Publisher
) -> None:
    world.tangsel.accounts["admin"].language = "en"
    release = _submit(session, publisher, siaran_zip())
    send_back_release(session, release.id, account_id=None, reason="Ikonnya kabur")
    (letter,) = list_messages(session, "release", release.id)
    assert letter.recipient == world.tangsel.accounts["admin"].email
    assert letter.subject == "siaran 0.9.0 was sent back"
    assert "Ikonnya kabur" in letter.text
    second = _submit(session, publisher, siaran_zip(version="0.9.1"))
    approve_release(session, second.id, account_id=None)
    (letter,) = list_messages(session, "release", second.id)
    assert "is published" in letter.subject
    assert session.scalars(select(App)).one().latest_release_id == second.id
