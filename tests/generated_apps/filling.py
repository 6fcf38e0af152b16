"""A whole catalog in the database at once: publishers, releases that verify, and what municipalities say of them."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.nodes import ListNode, MapNode, Node, ScalarNode
from app_catalog.definitions.source import Source
from app_catalog.installations.models import Adoption
from app_catalog.publishers.keys import make_platform_key, sign_with
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.releases.freezing import content_type_of, describe_app
from app_catalog.releases.models import App, Release, ReleaseEvent, ReleaseFile
from app_catalog.releases.reading import Package, read_package_source
from app_catalog.requests.models import AppRequest, RequestVote
from app_catalog.reviews.models import Review
from lumbung.db import as_tenant
from lumbung.ids import new_id
from tenants.municipalities.models import Municipality
from tenants.regions.reference import regencies
from tests.generated_apps.packages import SEED, GeneratedApp, generate_apps
from tests.generated_apps.subjects import PLACES

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FilledCatalog:
    """What is in the catalog: ids of the municipalities, and of the apps by slug."""

    municipalities: list[UUID]
    apps: dict[str, UUID]


@cache
def checked_packages(count: int, seed: int = SEED) -> tuple[tuple[GeneratedApp, Package], ...]:
    """Generated apps as the checker accepts them, once for a process."""
    return tuple((app, checked_package(app)) for app in generate_apps(count, seed=seed))


def fill_catalog(
    session: scoped_session[Session],
    packages: Sequence[tuple[GeneratedApp, Package]],
    *,
    municipalities: int = 12,
    seed: int = SEED,
) -> FilledCatalog:
    """Put them into the catalog as published, run and judged by so many municipalities; committed.

    Rows are as the services write them, in few statements.
    """
    places = _municipalities(session, municipalities)
    signers = _publishers(session)
    apps = _releases(session, packages, signers)
    _say(session, places, apps, random.Random(seed))
    session.commit()
    return FilledCatalog([place.id for place in places], {slug: app_id for slug, app_id, _ in apps})


def quick_source(app: GeneratedApp) -> Source:
    """The source of a generated package as `load_files` gives it, but for lines and columns, in a tenth of the time:
    what is JSON needs no reader of YAML."""
    documents = {
        path: _node(path, json.loads(data)) for path, data in app.files.items() if path.endswith((".yaml", ".yml"))
    }
    return Source(app.files, documents)


def _node(file: str, value: Any) -> Node:
    if isinstance(value, dict):
        entries = {key: _node(file, child) for key, child in value.items()}
        return MapNode(file, 1, 1, entries, {key: ScalarNode(file, 1, 1, key, key) for key in value})
    if isinstance(value, list):
        return ListNode(file, 1, 1, [_node(file, child) for child in value])
    return ScalarNode(file, 1, 1, value, json.dumps(value) if isinstance(value, bool) else str(value))


def checked_package(app: GeneratedApp) -> Package:
    """A generated app as the checker accepts it."""
    package = read_package_source(quick_source(app))
    assert isinstance(package, Package), [str(problem.code) for problem in package.report.problems]
    return package


def _municipalities(session: scoped_session[Session], count: int) -> list[Municipality]:
    """So many, of every province before a second one of any."""
    known = set(session.scalars(select(Municipality.region_code)))
    free = [region for code, region in regencies().items() if code not in known]
    by_province: dict[str, list[Any]] = {}
    for region in free:
        by_province.setdefault(region.province_code, []).append(region)
    spread = [
        one[turn]
        for turn in range(max(map(len, by_province.values())))
        for one in by_province.values()
        if len(one) > turn
    ]
    made = [
        Municipality(
            region_code=region.code,
            slug=f"daerah-{region.code.replace('.', '-')}",
            name=region.name,
            timezone=region.zone,
            status="active",
            activated_at=BEGAN,
            terms_version="1",
            terms_accepted_at=BEGAN,
        )
        for region in spread[:count]
    ]
    session.add_all(made)
    session.flush()
    return made


def _publishers(session: scoped_session[Session]) -> list[tuple[Publisher, SigningKey]]:
    found = []
    for slug, name in PLACES:
        publisher = session.scalar(select(Publisher).where(Publisher.slug == f"gen-{slug}"))
        if publisher is None:
            publisher = Publisher(
                slug=f"gen-{slug}",
                name=name,
                kind="community",
                contact_email=f"aplikasi@{slug}.example.org",
                status="approved",
            )
            session.add(publisher)
            session.flush()
        found.append((publisher, make_platform_key(session, publisher)))
    return found


def _releases(
    session: scoped_session[Session],
    packages: Sequence[tuple[GeneratedApp, Package]],
    signers: list[tuple[Publisher, SigningKey]],
) -> list[tuple[str, UUID, UUID]]:
    apps: list[App] = []
    releases: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for number, (generated, package) in enumerate(packages):
        publisher, key = signers[generated.place]
        definition, moment = package.definition, BEGAN + timedelta(minutes=37 * number)
        app = App(id=new_id(), slug=definition.id, publisher_id=publisher.id, created_at=moment)
        describe_app(app, definition, publisher)
        apps.append(app)
        release_id = new_id()
        releases.append(
            {
                "id": release_id,
                "created_at": moment,
                "app_id": app.id,
                "version": definition.version,
                "digest": definition.digest,
                "canonical": package.canonical,
                "signature": b64encode(sign_with(key, definition.digest).value).decode(),
                "signing_key_id": key.id,
                "changelog": definition.changelog,
                "report": {"warnings": [], "findings": [], "scenarios": []},
                "channel": "stable",
            }
        )
        events.append({"id": new_id(), "created_at": moment, "release_id": release_id, "kind": "published"})
        files += [
            {
                "id": new_id(),
                "created_at": moment,
                "release_id": release_id,
                "path": path,
                "digest": digest,
                "content_type": content_type_of(path),
                "data": package.source.files[path],
            }
            for path, digest in definition.files.items()
        ]
    session.add_all(apps)
    session.flush()
    for model, rows in ((Release, releases), (ReleaseEvent, events), (ReleaseFile, files)):
        session.execute(insert(model), rows)
    session.execute(update(App), [{"id": row["app_id"], "latest_release_id": row["id"]} for row in releases])
    return [(app.slug, app.id, row["id"]) for app, row in zip(apps, releases, strict=True)]


_WISHES = ("Peta tanpa jaringan", "Unduh sebagai tabel", "Pengingat mingguan", "Cetak tanda terima")


def _say(
    session: scoped_session[Session],
    places: list[Municipality],
    apps: list[tuple[str, UUID, UUID]],
    chance: random.Random,
) -> None:
    """Each municipality runs some thirty of the apps, judges a third of those and asks something of a few."""
    asked: list[dict[str, Any]] = []
    for place in places:
        own = chance.sample(apps, min(30, len(apps)))
        at = BEGAN + timedelta(days=chance.randint(20, 120))
        common = {"tenant_id": place.id, "municipality_name": place.name, "created_at": at}
        adoptions = [
            {**common, "id": new_id(), "app_id": app_id, "version": "1.0.0", "shown_as": slug, "since": at}
            for slug, app_id, _ in own
        ]
        reviews = [
            {
                **common,
                "id": new_id(),
                "app_id": app_id,
                "version": "1.0.0",
                "stars": chance.randint(2, 5),
                "words": "Dipakai tiap hari di loket kami.",
                "author": "Evaluator",
                "updated_at": at,
            }
            for _, app_id, _ in own[::3]
        ]
        requests = [
            {
                **common,
                "id": new_id(),
                "app_id": app_id,
                "kind": chance.choice(("bug", "idea", "question")),
                "title": chance.choice(_WISHES),
                "words": "",
                "version": "1.0.0",
                "author": "Evaluator",
                "updated_at": at,
            }
            for _, app_id, _ in own[::5]
        ]
        votes = [
            {**common, "id": new_id(), "app_id": one["app_id"], "request_id": one["id"]}
            for one in chance.sample(asked, min(4, len(asked)))
        ]
        with as_tenant(session, place.id):
            for model, rows in ((Adoption, adoptions), (Review, reviews), (AppRequest, requests), (RequestVote, votes)):
                if rows:
                    session.execute(insert(model), rows)
        asked += requests
