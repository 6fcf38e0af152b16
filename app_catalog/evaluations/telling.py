"""Both sides are told: the maintainers of an evaluation or review, the municipality of a reply."""

from __future__ import annotations

from app_catalog.releases.models import App
from app_catalog.releases.telling import tell_publisher
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.messages import tell_each
from lumbung.web.sites import url_on_hub
from tenants.people.roles import ADMIN_ROLE, EVALUATOR_ROLE
from tenants.people.telling import people_with_roles

_WRITTEN = {
    "review": Text("ulasan", "a review"),
    "evaluation": Text("evaluasi", "an evaluation"),
    "request": Text("permintaan", "a request"),
}


def tell_maintainers(session: AnySession, app: App, *, who: str, what: str) -> None:
    """An e-mail to every maintainer of the app's publisher, from the hub. `what` is `review`, `evaluation` or
    `request`."""
    page = "request_pages.listed" if what == "request" else "catalog.app_page"
    said = {"who": who, "what": _WRITTEN[what], "app": Text.of(app.name), "link": url_on_hub(page, slug=app.slug)}
    tell_publisher(
        session,
        app.publisher_id,
        subject=Text("{who} menulis {what} untuk {app}", "{who} wrote {what} about {app}").format(**said),
        text=Text(
            "{who} menulis {what} untuk {app}. Baca dan jawab di sini: {link}",
            "{who} wrote {what} about {app}. Read it and reply here: {link}",
        ).format(**said),
        about=(what, app.id),
    )


def tell_municipality(session: AnySession, app: App, *, publisher: str) -> None:
    """An e-mail to the municipality's evaluators and administrators that the maintainer has replied.

    Call it inside the municipality: the letter is hers.
    """
    link = url_on_hub("catalog.app_page", slug=app.slug)
    said = {"publisher": publisher, "app": Text.of(app.name), "link": link}
    tell_judges(
        session,
        subject=Text(
            "{publisher} menjawab daerah Anda tentang {app}",
            "{publisher} has replied to your municipality about {app}",
        ).format(**said),
        text=Text(
            "{publisher} menjawab tulisan daerah Anda tentang {app}. Baca di sini: {link}",
            "{publisher} has replied to what your municipality wrote about {app}. Read it here: {link}",
        ).format(**said),
        about=("reply", app.id),
    )


def tell_judges(session: AnySession, *, subject: Text, text: Text, about: tuple[str, object]) -> None:
    """An e-mail to who is told in the session's municipality of what the publishers of its apps say: evaluators and
    administrators, each in the own language."""
    people = people_with_roles(session, EVALUATOR_ROLE, ADMIN_ROLE)
    tell_each(session, people, subject=subject, text=text, about=about)
