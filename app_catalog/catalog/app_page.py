"""Everything that an app's page says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.orm import aliased

from app_catalog.catalog.app_body import PUBLIC_STATES, get_app_body
from app_catalog.catalog.services import Card, get_card
from app_catalog.definitions.model import Definition, Duration
from app_catalog.deprecations.reading import Deprecated, list_deprecated, of_release
from app_catalog.installations.models import Installation
from app_catalog.installations.values import show_duration
from app_catalog.publishers.keys import fingerprint_of
from app_catalog.publishers.members import is_member
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.publishers.services import municipalities_administered_by
from app_catalog.releases.changing import may_yank
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import ReleaseState, list_states
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import t
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality


@dataclass(frozen=True, slots=True)
class OwnMunicipality:
    """A municipality that the reader administers, and whether it runs the app already."""

    municipality: Municipality
    runs: bool


@dataclass(frozen=True, slots=True)
class AppPage:
    """An app with its newest release; `body` is the same for whatever the reader administers."""

    card: Card
    own_municipalities: list[OwnMunicipality]
    body: Markup


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One version: what it is signed with and how it was tried."""

    app: App
    publisher_name: str
    publisher_slug: str
    state: ReleaseState
    key_id: str
    key_revoked: bool
    signed_by: str
    definition: Definition
    may_yank: bool
    ends: Deprecated | None


def get_app_page(session: AnySession, slug: str, *, account_id: UUID | None) -> AppPage:
    """The page of a listed app; municipalities that the account administers may enable it.

    Raises NotFound when there is none by this id, ReleaseDamaged when its newest release does not verify.
    """
    card = get_card(session, slug)
    return AppPage(
        card=card,
        body=get_app_body(session, card),
        own_municipalities=_own_municipalities(session, card.app, account_id) if account_id else [],
    )


def _own_municipalities(session: AnySession, app: App, account_id: UUID) -> list[OwnMunicipality]:
    found = []
    for municipality in municipalities_administered_by(session, account_id):
        # What a municipality runs is known inside its wall; the account administers it.
        with as_tenant(session, municipality.id):
            enabled = select(Installation.id).where(
                Installation.tenant_id == municipality.id,
                Installation.app_id == app.id,
                Installation.status == "enabled",
            )
            found.append(OwnMunicipality(municipality, session.scalar(enabled) is not None))
    return found


def get_release_page(session: AnySession, slug: str, version: str, visitor: Visitor) -> ReleasePage:
    """One version of an app. What is not published is for its publisher and curators alone.

    Raises NotFound for an unknown version or one that is not for this visitor.
    """
    app = session.scalar(select(App).where(App.slug == slug, App.hidden_at.is_(None)))
    states = list_states(session, app.id) if app else []
    state = next((state for state in states if state.release.version == version), None)
    if app is None or state is None or not _may_see(session, app, state, visitor):
        raise NotFound
    key, signer, publisher = _signed_and_published(session, app, state.release)
    return ReleasePage(
        app=app,
        publisher_name=publisher.name,
        publisher_slug=publisher.slug,
        state=state,
        key_id=fingerprint_of(key),
        key_revoked=key.revoked_at is not None,
        signed_by=signer,
        definition=load_release_definition(session, state.release.id, digest=state.release.digest),
        may_yank=may_yank(session, app, visitor),
        ends=of_release(list_deprecated(session, [app.id]), state.release.id),
    )


def get_canonical(session: AnySession, release: Release) -> str:
    """The signed content of a release as canonical JSON, verified before it is given."""
    load_release_definition(session, release.id)
    return session.scalars(select(Release.canonical).where(Release.id == release.id)).one()


def show_retention(span: Duration) -> str:
    """How long personal data are kept, in years where it is whole years."""
    years, rest = divmod(span.seconds, 365 * 86_400)
    return (
        t("{n} tahun", "{n} years" if years != 1 else "1 year", n=years)
        if years and not rest
        else show_duration(span.text)
    )


def _may_see(session: AnySession, app: App, state: ReleaseState, visitor: Visitor) -> bool:
    if state.kind in PUBLIC_STATES or visitor.is_curator or visitor.is_operator:
        return True
    return visitor.account_id is not None and is_member(session, app.publisher_id, visitor.account_id)


def _signed_and_published(session: AnySession, app: App, release: Release) -> tuple[SigningKey, str, Publisher]:
    """The key, the name of whose it is, and the publisher whose the app is now."""
    row = session.execute(_key_and_names(), {"key_id": release.signing_key_id, "publisher_id": app.publisher_id}).one()
    return row[0], row[1], row[2]


@cache
def _key_and_names() -> Select[SigningKey, str, Publisher]:
    signer = aliased(Publisher)
    return (
        select(SigningKey, signer.name, Publisher)
        .join(signer, signer.id == SigningKey.publisher_id)
        .join(Publisher, Publisher.id == bindparam("publisher_id", type_=Uuid()))
        .where(SigningKey.id == bindparam("key_id", type_=Uuid()))
    )
