"""How the tables of this layer travel in a backup, and what must hold for a municipality that arrives.

A municipality takes along the releases that it runs, signed as they are, and those that it published. At another
place they are run at once, because every definition is verified when it is loaded; but their publisher is suspended
and their app hidden there until an operator has looked: an archive is no way into a catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, case, or_, select, union
from sqlalchemy.orm import Session

from app_catalog.assistance.models import AssistanceCase, AssistanceOffer, AssistanceThanks
from app_catalog.campaigns.models import CampaignAnswer
from app_catalog.definitions.model import Definition
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.installations.models import Adoption, Installation, InstalledDefinition
from app_catalog.listings.models import ListingUse
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.releases.freezing import content_type_of
from app_catalog.releases.loading import ReleaseDamaged, verify_release
from app_catalog.releases.models import App, Release, ReleaseFile
from app_catalog.requests.models import AppRequest, RequestVote
from app_catalog.reviews.models import Review, ReviewPostponement
from app_catalog.transfers.models import AppTransfer
from app_catalog.transfers.ownership import publisher_at
from app_catalog.wishes.models import WishNotice
from lumbung.backup.carrying import Arrival, Carrying, SealedValue, carry, check_arrivals
from lumbung.backup.errors import refused
from lumbung.db import now

_AT_HOME = "It is about people and keys of the publisher, who stays where the catalog is."


def _releases(tenant_id: UUID) -> Select[UUID]:
    """Releases that the municipality runs, ran, or published."""
    own = select(App.id).join(Publisher, Publisher.id == App.publisher_id)
    return select(Release.id).where(
        or_(
            Release.id.in_(select(InstalledDefinition.release_id).where(InstalledDefinition.tenant_id == tenant_id)),
            Release.id.in_(select(Installation.release_id).where(Installation.tenant_id == tenant_id)),
            Release.app_id.in_(own.where(Publisher.municipality_id == tenant_id)),
        )
    )


def _apps(tenant_id: UUID) -> Select[UUID]:
    owned = (
        Installation,
        Adoption,
        Review,
        ReviewPostponement,
        Evaluation,
        SubmittedEvaluation,
        CampaignAnswer,
        AppRequest,
        RequestVote,
        WishNotice,
        ListingUse,
        AssistanceCase,
        AssistanceOffer,
        AssistanceThanks,
    )
    named = union(
        select(Release.app_id).where(Release.id.in_(_releases(tenant_id))),
        *(select(model.app_id).where(model.tenant_id == tenant_id) for model in owned),
        _own_listings(tenant_id),
    ).subquery()
    return select(named.c.app_id)


def _own_listings(tenant_id: UUID) -> Select[UUID]:
    """What the municipality itself has listed."""
    own = select(Publisher.id).where(Publisher.municipality_id == tenant_id)
    return select(App.id).where(App.kind != "package", App.publisher_id.in_(own))


_SIDES = (AppTransfer.from_publisher_id, AppTransfer.to_publisher_id)


def _passed_on(tenant_id: UUID) -> ColumnElement[bool]:
    return AppTransfer.app_id.in_(_apps(tenant_id)) & (AppTransfer.status == "accepted")


def _of_release(table: Table, tenant_id: UUID) -> ColumnElement[bool]:
    return table.c.release_id.in_(_releases(tenant_id))


def _own_municipality(table: Table, tenant_id: UUID) -> ColumnElement[Any]:
    return case((table.c.municipality_id == tenant_id, table.c.municipality_id))


def _sealed_settings(row: Mapping[str, Any]) -> Iterable[SealedValue]:
    for setting_id, token in row["sealed"].items():
        context = f"setting:{row['tenant_id']}:{row['installation_id']}:{setting_id}"
        yield SealedValue(("sealed", setting_id), token, context, label=setting_id)


carry(
    "publishers",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.id.in_(
            union(
                select(App.publisher_id).where(App.id.in_(_apps(tenant_id))),
                *(select(side).where(_passed_on(tenant_id)) for side in _SIDES),
                select(SigningKey.publisher_id)
                .join(Release, Release.signing_key_id == SigningKey.id)
                .where(Release.id.in_(_releases(tenant_id))),
            )
        ),
        emptied={"requested_by": None, "decided_by": None, "reason": None, "evidence": ""},
        instead={"municipality_id": _own_municipality},
        same_by=("slug",),
        entering={
            "status": "suspended",
            "reason": "Datang bersama arsip sebuah daerah; belum diperiksa di sini. / "
            "Came with a municipality's archive; not looked at here yet.",
        },
    ),
)
carry(
    "signing_keys",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.id.in_(
            select(Release.signing_key_id).where(Release.id.in_(_releases(tenant_id)))
        ),
        emptied={"sealed_private": None},
        same_by=("public_key",),
        must_match=("publisher_id",),
        with_new="publisher_id",
    ),
)
carry(
    "apps",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.id.in_(_apps(tenant_id)),
        emptied={"latest_release_id": None},
        same_by=("slug",),
        must_match=("publisher_id",),
        # Whose the app is here may have changed since, or before; its releases are held against that below.
        unless="EXISTS (SELECT FROM app_transfers AS x WHERE x.app_id = h.id AND x.status = 'accepted'"
        " AND t.publisher_id IN (x.from_publisher_id, x.to_publisher_id))",
        entering={"hidden_at": now},
    ),
)
carry(
    "releases",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.id.in_(_releases(tenant_id)),
        emptied={"published_by": None},
        same_by=("app_id", "version"),
        must_match=("digest",),
    ),
)
carry(
    "release_files",
    Carrying(
        of_municipality=_of_release, same_by=("release_id", "path"), must_match=("digest",), with_new="release_id"
    ),
)
carry(
    "release_events",
    Carrying(
        of_municipality=lambda table, tenant_id: (
            _of_release(table, tenant_id) & table.c.kind.in_(("submitted", "published", "promoted", "yanked"))
        ),
        emptied={"account_id": None},
        same_by=("release_id", "kind", "created_at"),
        with_new="release_id",
    ),
)
carry("settings_versions", Carrying(sealed=_sealed_settings))
carry(
    "listings",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.app_id.in_(_apps(tenant_id)),
        emptied={"withheld_at": None, "withheld_reason": ""},
        same_by=("app_id",),
        with_new="app_id",
    ),
)
carry(
    "app_transfers",
    Carrying(
        of_municipality=lambda table, tenant_id: table.c.id.in_(select(AppTransfer.id).where(_passed_on(tenant_id))),
        emptied={"offered_by": None, "decided_by": None, "message": "", "reason": ""},
        same_by=("app_id", "decided_at"),
        with_new="app_id",
    ),
)
carry("deprecations", Carrying(reason="A publisher's words stand in the catalog where they were given."))
carry("running_versions", Carrying(whole=False, reason="Reckoned anew every day from what runs, by this place's key."))
carry("publisher_members", Carrying(reason=_AT_HOME))
carry("publisher_invitations", Carrying(reason=_AT_HOME))
carry("agency_publishers", Carrying(reason=_AT_HOME))
carry("publish_tokens", Carrying(reason=_AT_HOME))
carry("request_decisions", Carrying(reason="A publisher's words stand in the catalog where they were given."))
carry("wish_claims", Carrying(reason="What a publisher works on stands in the catalog."))
carry("wish_rulings", Carrying(reason="A curator's decision stands in the catalog where it was made."))
carry("review_flags", Carrying(reason="What people and curators think of a review stands in the catalog."))
carry("hidden_reviews", Carrying(reason="A curator's decision stands in the catalog where it was made."))
carry("evaluation_rubrics", Carrying(reason="Curators keep rubrics in the catalog; an evaluation carries its own."))
carry("evaluation_campaigns", Carrying(reason="A campaign stays in the catalog where it was opened."))
carry("publisher_replies", Carrying(reason="A publisher's words stand in the catalog where they were given."))
carry("assistance_addresses", Carrying(reason="Who is asked to help is known where the helpers are."))
carry("app_materials", Carrying(reason="A publisher's material stands in the catalog where it was given."))


@check_arrivals
def _releases_are_signed(session: Session, arrival: Arrival) -> None:
    """Digest, signature, signer and files of every release that came along or is run."""
    for release_id in session.scalars(_releases(arrival.tenant_id)).all():
        try:
            definition = verify_release(session, release_id)
        except ReleaseDamaged as error:
            raise _not_signed() from error
        if not _is_signed_by_its_publisher(session, release_id) or not _has_its_files(session, release_id, definition):
            raise _not_signed()


def _is_signed_by_its_publisher(session: Session, release_id: UUID) -> bool:
    """Whether the key is that of the publisher whose the app was when the release was sent, as this place knows it."""
    row = session.execute(
        select(App, Release.created_at, SigningKey.publisher_id)
        .join(Release, Release.app_id == App.id)
        .join(SigningKey, SigningKey.id == Release.signing_key_id)
        .where(Release.id == release_id)
    ).one_or_none()
    return row is not None and publisher_at(session, row[0], row[1]) == row[2]


def _has_its_files(session: Session, release_id: UUID, definition: Definition) -> bool:
    columns = (ReleaseFile.path, ReleaseFile.digest, ReleaseFile.content_type, ReleaseFile.data)
    files = session.execute(select(*columns).where(ReleaseFile.release_id == release_id)).all()
    return {file.path: file.digest for file in files} == dict(definition.files) and all(
        file.digest == f"sha256:{sha256(file.data).hexdigest()}" and file.content_type == content_type_of(file.path)
        for file in files
    )


def _not_signed() -> Exception:
    return refused(
        "Arsip memuat rilis yang tidak sama dengan yang ditandatangani penerbitnya.",
        "The archive holds a release that is not what its publisher signed.",
    )
