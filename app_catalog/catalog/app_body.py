"""What an app's page says below its head, kept for as long as nothing of it has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from app_catalog.catalog.one_language import in_language
from app_catalog.catalog.rich_text import render_markdown
from app_catalog.catalog.sections import MOST_KEPT, asked_by_sections, reader_of, say_sections
from app_catalog.catalog.services import Card, adopters_of_app
from app_catalog.catalog.setting_words import kind_name, show_default
from app_catalog.definitions.model import Definition, SettingSpec
from app_catalog.deprecations.reading import Deprecated, list_deprecated, of_release, today_in_jakarta
from app_catalog.installations.models import Adoption
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import Release
from app_catalog.releases.states import ReleaseState, beta_of, in_order, states_of_app
from lumbung.db.fetching import Kept, compile_rows
from lumbung.db.inside import Row, run_inside
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import current_language, pick, t
from tenants.municipalities.models import Municipality

PUBLIC_STATES = frozenset({"published", "yanked"})
_STATES = compile_rows(states_of_app())
_ADOPTERS = compile_rows(adopters_of_app())
_kept: Kept[Markup] = Kept(MOST_KEPT)


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting that a municipality may change: what it is called, what it does, and the package's own value."""

    label: str
    help: str
    kind: str
    default: str


@dataclass(frozen=True, slots=True)
class AppBody:
    """An app with its newest release, for everybody."""

    card: Card
    definition: Definition
    described: Mapping[str, Any]
    settings: list[ShownSetting]
    screenshots: list[str]
    changelog: Markup
    states: list[ReleaseState]
    beta: Release | None
    adopters: list[tuple[Adoption, Municipality]]
    deprecated: list[Deprecated]
    ends: Deprecated | None
    sections: tuple[Markup, ...]


def get_app_body(session: AnySession, card: Card) -> Markup:
    """All that the page of an app says to everybody below its name.

    Everything it shows is read each time, in one pipeline; the markup is made again when any of it has changed. Raises
    ReleaseDamaged when the newest release does not verify.
    """
    app = card.app
    if app.latest_release_id is None:
        raise NotFound
    asked = {"app_id": app.id}
    states, adopters, *said = run_inside(
        session, (_STATES.asked, asked), (_ADOPTERS.asked, asked), *asked_by_sections(app)
    )
    definition = load_release_definition(session, app.latest_release_id, digest=card.digest)
    deprecated = list_deprecated(session, [app.id]) if card.some_end else []
    sections = say_sections(session, app, said)
    return _kept.of(
        reader_of(app),
        (_written(card), states, adopters, deprecated, today_in_jakarta(), sections),
        lambda: _render(card, definition, states, adopters, deprecated, sections),
    )


def _written(card: Card) -> tuple[Any, ...]:
    """What the body shows of the app itself; the digest stands for all that is in the package."""
    app, publisher = card.app, card.publisher
    shown = (app.slug, app.name, app.category, app.audience, app.latest_release_id, card.version, card.digest)
    return *shown, publisher.name, publisher.website


def _render(
    card: Card,
    definition: Definition,
    states: list[Row],
    adopters: list[Row],
    deprecated: list[Deprecated],
    sections: tuple[Markup, ...],
) -> Markup:
    public = [state for state in in_order(_STATES.read(states)) if state.kind in PUBLIC_STATES]
    body = AppBody(
        card=card,
        definition=definition,
        described=described(definition),
        settings=[show_setting(spec) for spec in definition.settings.values()],
        screenshots=sorted(path for path in definition.files if path.startswith("screenshots/")),
        changelog=show_changelog(definition),
        states=public,
        beta=beta_of(public),
        adopters=[(adoption, municipality) for adoption, municipality in _ADOPTERS.read(adopters)],
        deprecated=deprecated,
        ends=of_release(deprecated, card.app.latest_release_id),
        sections=sections,
    )
    return Markup(render_template("catalog/_app_body.html", page=body))  # noqa: S704 - autoescaped.


def show_changelog(definition: Definition) -> Markup:
    """What has changed, in the reader's language."""
    return render_markdown(in_language(definition.changelog, current_language()), without_title=True)


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
        label=pick(spec.label), help=pick(spec.help), kind=kind_name(spec.type), default=show_default(spec)
    )
