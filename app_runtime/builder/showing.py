"""What a package becomes: a page of it, made by the engine in a municipality that is gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from flask import current_app, g, make_response

from app_catalog.definitions.model import CreateStep, Definition, Given, Page, Scenario, Text
from app_catalog.installations.definitions import given_definition
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.scenarios.preparing import settings_for
from app_runtime.scenarios.runner import nowhere
from app_runtime.scenarios.scratch import Scratch, furnish
from app_runtime.scenarios.stage import savepoint
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError
from lumbung.i18n import current_language, speaking
from lumbung.web.access import ANONYMOUS, Visitor
from lumbung.web.sites import Site
from tenants.directory import as_tenant_info
from tenants.municipalities.models import Municipality

MOST_EXAMPLES = 12
"""How many examples a page is shown with: enough to see how it looks."""
# The frame runs none of them; left in, the browser would complain of each.
_SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>", re.DOTALL)
_NOT_SHOWN = ("tile", "track")
log = structlog.get_logger("app_runtime.builder")


def pages_to_show(definition: Definition) -> list[Page]:
    """The pages that can be shown, those of the public first."""
    shown = [page for page in definition.pages.values() if page.kind not in _NOT_SHOWN]
    return sorted(shown, key=lambda page: "public" not in page.audience)


def show_page(session: AnySession, definition: Definition, page: Page) -> str | None:
    """The HTML of a page as who it is for sees it, with a few examples; None when the engine cannot make it.

    Nothing of it stays, and nobody's data are within reach: all of it happens in a municipality of its own, in a
    savepoint that is taken back.
    """
    language = current_language()
    story = _story(definition, page)
    try:
        overrides, agencies = settings_for(definition, story, {})
        with nowhere(session) as municipality, given_definition(definition), speaking(language):
            scratch = furnish(session, municipality, definition, agencies=agencies, overrides=overrides)
            _show_examples(session, scratch, story)
            return _made(municipality, scratch, page)
    except Exception as error:
        # A package must not be able to break the page that it is written on.
        log.warning("builder-page-failed", app=definition.id, page=page.id, exc_info=error)
        return None


def _story(definition: Definition, page: Page) -> Scenario:
    examples = definition.examples.get(page.record or "", ())[:MOST_EXAMPLES]
    steps = tuple(CreateStep(role="public", record=page.record or "", values=values) for values in examples)
    return Scenario(id="builder", name=Text({"id": "Perancang"}), given=Given(), when=steps, then=())


def _show_examples(session: AnySession, scratch: Scratch, story: Scenario) -> None:
    for step in story.when:
        if not isinstance(step, CreateStep):
            continue
        try:
            with savepoint(session, keep=True):
                create_record(
                    session, scratch.installation, SYSTEM, step.record, _answers(step.values), channel="scenario"
                )
        except LumbungError:
            # The checker tells of examples that break the record's own rules; others show the page all the same.
            continue


def _answers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "order"}


def _made(municipality: Municipality, scratch: Scratch, page: Page) -> str | None:
    slug = scratch.installation.slug
    visitor = next((found for role in page.audience if (found := scratch.people.find(role, None)) is not None), None)
    origin = f"{current_app.config.get('PREFERRED_URL_SCHEME', 'http')}://{municipality.slug}.invalid"
    on_portal = current_app.test_request_context(f"/{slug}/{page.id}", base_url=origin)
    with on_portal, _as_on_portal(municipality, visitor or ANONYMOUS):
        answer = make_response(current_app.view_functions["pages.page"](slug=slug, page_id=page.id))
        # Some pages lead elsewhere, for example to where a code is asked for.
        return _SCRIPT.sub("", answer.get_data(as_text=True)) if answer.status_code == 200 else None


@contextmanager
def _as_on_portal(municipality: Municipality, visitor: Visitor) -> Iterator[None]:
    """Inside the block the page is made as on a portal of this municipality."""
    before = {name: g.get(name) for name in g}
    # Tokens against forgery are of a browser's session, and what is made here has none.
    g.pop("csrf_token", None)
    g.site = Site(kind="portal", name=municipality.name, tenant=as_tenant_info(municipality))
    g.visitor = visitor
    try:
        yield
    finally:
        for name in list(g):
            g.pop(name)
        for name, value in before.items():
            setattr(g, name, value)
