"""Everything that an app's page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app_catalog.catalog.services import Card, get_card, list_adopters
from app_catalog.definitions.model import Definition, Duration, SettingSpec
from app_catalog.deprecations.reading import Deprecated, list_deprecated, of_release
from app_catalog.installations.models import Adoption, Installation
from app_catalog.installations.values import show_duration
from app_catalog.publishers.keys import fingerprint_of
from app_catalog.publishers.members import is_member
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.publishers.services import municipalities_administered_by
from app_catalog.releases.changing import may_yank
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import ReleaseState, beta_of, list_states
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import pick, show_number, show_rupiah, t
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

PUBLIC_STATES = frozenset({"published", "yanked"})


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting that a municipality may change: what it is called, what it does, and the package's own value."""

    label: str
    help: str
    kind: str
    default: str


@dataclass(frozen=True, slots=True)
class OwnMunicipality:
    """A municipality that the reader administers, and whether it runs the app already."""

    municipality: Municipality
    runs: bool


@dataclass(frozen=True, slots=True)
class AppPage:
    """An app with its newest release, for everybody."""

    card: Card
    definition: Definition
    described: Mapping[str, Any]
    settings: list[ShownSetting]
    screenshots: list[str]
    states: list[ReleaseState]
    beta: Release | None
    adopters: list[tuple[Adoption, Municipality]]
    own_municipalities: list[OwnMunicipality]
    deprecated: list[Deprecated]
    ends: Deprecated | None


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
    if card.app.latest_release_id is None:
        raise NotFound
    states = [state for state in list_states(session, card.app.id) if state.kind in PUBLIC_STATES]
    digest = next((state.release.digest for state in states if state.release.id == card.app.latest_release_id), None)
    definition = load_release_definition(session, card.app.latest_release_id, digest=digest)
    deprecated = list_deprecated(session, [card.app.id]) if card.some_end else []
    return AppPage(
        card=card,
        definition=definition,
        described=described(definition),
        settings=[show_setting(spec) for spec in definition.settings.values()],
        screenshots=sorted(path for path in definition.files if path.startswith("screenshots/")),
        states=states,
        beta=beta_of(states),
        adopters=list_adopters(session, card.app.id),
        own_municipalities=_own_municipalities(session, card.app, account_id) if account_id else [],
        deprecated=deprecated,
        ends=of_release(deprecated, card.app.latest_release_id),
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


def described(definition: Definition) -> Mapping[str, Any]:
    """The publiccode description in the reader's language, else Indonesian, else English, else any."""
    by_language: dict[str, Any] = dict(definition.publiccode.get("description", {}))
    for language in (t("id", "en"), "id", "en"):
        if language in by_language:
            found: Mapping[str, Any] = by_language[language]
            return found
    return next(iter(by_language.values()), {})


def show_setting(spec: SettingSpec) -> ShownSetting:
    """A setting in words."""
    return ShownSetting(
        label=pick(spec.label), help=pick(spec.help), kind=_kind_name(spec.type), default=_show_default(spec)
    )


def show_retention(span: Duration) -> str:
    """How long personal data are kept, in years where it is whole years."""
    years, rest = divmod(span.seconds, 365 * 86_400)
    return (
        t("{n} tahun", "{n} years" if years != 1 else "1 year", n=years)
        if years and not rest
        else show_duration(span.text)
    )


def _kind_name(kind: str) -> str:
    names = {
        "text": t("teks", "text"),
        "long_text": t("teks panjang", "long text"),
        "integer": t("angka", "number"),
        "money": t("rupiah", "rupiah"),
        "boolean": t("ya atau tidak", "yes or no"),
        "duration": t("lama waktu", "length of time"),
        "choice": t("pilihan", "choice"),
        "email": t("surel", "e-mail"),
        "phone": t("telepon", "telephone"),
        "agency": t("dinas", "agency"),
        "table": t("tabel", "table"),
    }
    return names.get(kind, kind)


def _show_default(spec: SettingSpec) -> str:
    value = spec.default
    if value is None or spec.secret:
        return t("diisi daerah", "filled in by the municipality")
    if spec.type == "boolean":
        return t("ya", "yes") if value else t("tidak", "no")
    if spec.type == "duration":
        return show_duration(value)
    if spec.type == "choice":
        return pick(spec.options.get(value, {})) or str(value)
    if spec.type == "table":
        return ", ".join(pick(row.get("name", key)) for key, row in value.items())
    if spec.type == "money":
        return show_rupiah(value)
    return show_number(value) if isinstance(value, int) else pick(value)


def _may_see(session: AnySession, app: App, state: ReleaseState, visitor: Visitor) -> bool:
    if state.kind in PUBLIC_STATES or visitor.is_curator or visitor.is_operator:
        return True
    return visitor.account_id is not None and is_member(session, app.publisher_id, visitor.account_id)


def _signed_and_published(session: AnySession, app: App, release: Release) -> tuple[SigningKey, str, Publisher]:
    """The key, the name of whose it is, and the publisher whose the app is now."""
    signer = aliased(Publisher)
    row = session.execute(
        select(SigningKey, signer.name, Publisher)
        .join(signer, signer.id == SigningKey.publisher_id)
        .join(Publisher, Publisher.id == app.publisher_id)
        .where(SigningKey.id == release.signing_key_id)
    ).one()
    return row[0], row[1], row[2]
