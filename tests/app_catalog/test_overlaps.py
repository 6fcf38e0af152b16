"""Apps that do the same are found, with the reasons; apps of one trade are not."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.overlaps import THRESHOLD, WEIGHTS, compare_profiles, find_overlaps, profile_of
from app_catalog.overlaps.services import list_pairs
from app_catalog.releases.models import Release
from app_catalog.releases.submission import submit_package
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse, words_of
from tests.generated_apps.filling import checked_package, checked_packages, fill_catalog
from tests.generated_apps.packages import MANY, copy_of
from tests.siaran import publish_siaran
from tests.world import World

Sessions = scoped_session[Session]
COPIED = 20


def test_four_hundred_different_apps_and_their_copies_are_told_apart() -> None:
    packages = checked_packages(MANY)
    different = [profile_of(json.loads(package.canonical)) for _, package in packages]
    assert find_overlaps(different) == []
    copies = [
        copy_of(app, slug=f"salinan-{number}", name=f"Layanan Nomor {number}", place=(app.place + 1) % 12)
        for number, (app, _) in enumerate(packages[:: MANY // COPIED])
    ]
    copied = [profile_of(json.loads(checked_package(app).canonical)) for app in copies]
    found = {frozenset((one.one, one.other)) for one in find_overlaps([*different, *copied])}
    originals = [app.slug for app, _ in packages[:: MANY // COPIED]]
    assert found == {frozenset((slug, copy.slug)) for slug, copy in zip(originals, copies, strict=True)}


def test_a_score_comes_from_its_parts() -> None:
    packages = checked_packages(MANY)[:30]
    for (_, one), (_, other) in combinations(packages, 2):
        overlap = compare_profiles(profile_of(json.loads(one.canonical)), profile_of(json.loads(other.canonical)))
        assert 0 <= overlap.score <= 1
        weight = sum(WEIGHTS[name] for name in overlap.parts)
        total = sum(WEIGHTS[name] * share.score for name, share in overlap.parts.items()) / weight
        assert overlap.score == pytest.approx(total, abs=0.001)


def test_a_package_is_wholly_like_itself() -> None:
    profile = profile_of(json.loads(checked_packages(MANY)[0][1].canonical))
    assert compare_profiles(profile, profile).score == 1
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_who_sends_a_copy_hears_of_what_is_there(app: LumbungFlask, session: Sessions, world: World) -> None:
    publish_siaran(session, world)
    publisher = approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    sent = submit_package(session, publisher, siaran_zip(id="wargaku", name="Wargaku"), by_operator=True)
    assert isinstance(sent, Release)
    hints = [finding for finding in sent.report["findings"] if finding["code"] == "overlap"]
    assert [hint["severity"] for hint in hints] == ["warning"]
    assert "siaran (" in hints[0]["message"]["id"]
    # It is a hint: nobody waits for it.
    assert session.scalars(select(Release.id).where(Release.id == sent.id)).one()


def test_curators_and_publishers_see_the_pairs_with_their_reasons(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    packages = list(checked_packages(MANY)[:20])
    original = packages[3][0]
    twin = copy_of(original, slug="salinan", name="Salinan Kota", place=original.place)
    fill_catalog(session, [*packages, (twin, checked_package(twin))], municipalities=1)
    pairs = list_pairs(session)
    assert [{pair.one.slug, pair.other.slug} for pair in pairs] == [{original.slug, "salinan"}]
    assert pairs[0].overlap.score >= THRESHOLD
    words = words_of(browse(app, "lumbung.test", world.operator).get("/curator/overlaps"))
    for part in ("isian", "keadaan", "tenggat", "Tentang apa"):
        assert part in words
    assert browse(app, "lumbung.test", world.stranger).get("/curator/overlaps").status_code == 403
    owner = world.surabaya.accounts["admin"]
    approved_publisher(session, owner, slug="surabaya", name="Kota Surabaya")
    own = browse(app, "lumbung.test", owner).get("/publish/surabaya/overlaps")
    assert own.status_code == 200
    assert "Tidak ada yang tumpang-tindih" in words_of(own)
